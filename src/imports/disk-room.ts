/** Whether the disk has room for an import, before it begins. */
import { stat, statfs } from 'node:fs/promises';
import type { ImportFormat } from './formats.ts';
import { ImportStopped } from './lock.ts';

/**
 * What an import may need on the disk for each byte of input, index and work files together; measured, and rounded up:
 * see docs/geocoding-import.md.
 */
const ROOM_FACTOR: Readonly<Record<ImportFormat, number>> = {
  osm: 6,
  openaddresses: 4,
  geonames: 2,
  'geonames-postcodes': 2,
};
/** Tables are so much larger when they are unpacked. */
const UNPACKED = 5;
const LEAST_ROOM = 64 * 1024 * 1024;

/** What an import of these files may need in bytes, estimated on the high side. Errors of the file system come through. */
export const roomWanted = async (
  inputs: readonly { readonly path: string; readonly format: ImportFormat }[],
): Promise<number> => {
  let wanted = 0;
  for (const { path, format } of inputs)
    wanted += (await stat(path)).size * ROOM_FACTOR[format] * (/\.(?:gz|zip)$/iu.test(path) ? UNPACKED : 1);
  return wanted;
};

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;

/**
 * Throws ImportStopped where the disk of `folder` has no room for `bytes` and some more; says so and goes on with `anyway`.
 */
export const insistOnRoom = async (
  folder: string,
  bytes: number,
  { anyway, say }: { readonly anyway: boolean; readonly say: (line: string) => void },
): Promise<void> => {
  const wanted = LEAST_ROOM + bytes;
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= wanted) return;
  const facts = `The import may need ${megabytes(wanted)} in ${folder}, where ${megabytes(free)} are free`;
  if (!anyway)
    throw new ImportStopped(
      1,
      `${facts}; make room, or try all the same with --anyway. Nothing was changed.`,
    );
  say(`${facts}; it is tried all the same.`);
};
