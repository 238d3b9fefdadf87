/** Whether the disk has room for an import, before it begins. */
import { stat, statfs } from 'node:fs/promises';
import type { ImportFormat } from './formats.ts';

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

/** Bytes. */
export interface Room {
  readonly wanted: number;
  readonly free: number;
}

/** What is wanted and what there is; some room is left in any case. Errors of the file system come through. */
export const roomFor = async (folder: string, wanted: number): Promise<Room> => {
  const { bavail, bsize } = await statfs(folder);
  return { wanted: LEAST_ROOM + wanted, free: bavail * bsize };
};

/** An estimate on the high side, and what there is. Errors of the file system come through. */
export const lookForRoom = async (
  folder: string,
  inputs: readonly { readonly path: string; readonly format: ImportFormat }[],
): Promise<Room> => {
  let wanted = 0;
  for (const { path, format } of inputs)
    wanted += (await stat(path)).size * ROOM_FACTOR[format] * (/\.(?:gz|zip)$/iu.test(path) ? UNPACKED : 1);
  return roomFor(folder, wanted);
};
