import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** What a killed import leaves in its work folder, so that the next one need not look for the nodes again. */

/** Changes whenever other nodes are kept or the files look different. */
const VERSION = 1;

/** Which input and which way of reading it the kept files are of. */
export interface OsmIdentity {
  readonly size: number;
  readonly mtimeMs: number;
  readonly interpolate: boolean;
}

/** What the first passes over a file found out. */
export interface OsmState {
  /** Kinds of things in each blob, added up. */
  readonly kinds: number[];
  /** Of the blocks of the file of coordinates. */
  readonly firstIds: number[];
  /** Entries of the file of coordinates. */
  readonly count: number;
}

/** The file of coordinates in a work folder. */
export const coordinatesFile = (work: string): string => join(work, 'nodes.bin');

const stateFile = (work: string): string => join(work, 'osm-state.json');

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'number');

/** Reads what an import of the same file left behind; undefined when there is nothing, or it does not fit. */
export const loadState = (work: string, identity: OsmIdentity, blobs: number): OsmState | undefined => {
  try {
    const kept = JSON.parse(readFileSync(stateFile(work), 'utf8')) as Record<string, unknown>;
    const { version, size, mtimeMs, interpolate, kinds, firstIds, count } = kept;
    const isSame =
      version === VERSION &&
      size === identity.size &&
      mtimeMs === identity.mtimeMs &&
      interpolate === identity.interpolate;
    if (!isSame || !isNumbers(kinds) || !isNumbers(firstIds) || typeof count !== 'number') return undefined;
    if (kinds.length !== blobs || statSync(coordinatesFile(work)).size !== 16 * count) return undefined;
    return { kinds, firstIds, count };
  } catch {
    // Nothing there, or half of it: the import begins at the beginning.
    return undefined;
  }
};

const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

/**
 * Keeps what the first passes found out. The file of coordinates has to be on disk already: after a power cut it is
 * believed by this one, which names its size and no more.
 */
export const saveState = (work: string, identity: OsmIdentity, state: OsmState): void => {
  const draft = `${stateFile(work)}.draft`;
  writeFileSync(draft, JSON.stringify({ version: VERSION, ...identity, ...state }), { flush: true });
  // The coordinates' name before the one by which they are believed.
  syncFolder(work);
  renameSync(draft, stateFile(work));
};

/** Removes what was kept. */
export const dropState = (work: string): void => rmSync(stateFile(work), { force: true });
