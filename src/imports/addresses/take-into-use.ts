/** Takes address data into use and out of it. Everything here needs the lock. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  importedFolder,
  readAddressManifest,
  writeAddressManifest,
  type AddressManifest,
} from './manifest.ts';

const filesOf = ({ place, network, kinds }: AddressManifest): string[] =>
  [place?.file, network?.file, kinds?.file, ...(kinds?.lists.map(({ file }) => file) ?? [])].filter(
    (file) => file !== undefined,
  );

const sweep = async (folder: string, manifests: readonly AddressManifest[]): Promise<void> => {
  const kept = new Set(manifests.flatMap(filesOf));
  for (const name of await readdir(importedFolder(folder)).catch(() => []))
    if (!kept.has(name)) await rm(join(importedFolder(folder), name), { force: true });
};

/** Removes what a killed import has left. Without a manifest that can be read nobody knows what is in use. */
export const sweepAddressStrays = async (folder: string): Promise<void> => {
  const manifest = await readAddressManifest(folder).catch(() => undefined);
  if (manifest !== undefined) await sweep(folder, [manifest]);
  await rm(join(folder, 'work'), { recursive: true, force: true });
};

/**
 * Puts another manifest into use. Files that were in use until now stay until the next change: a server that is just
 * starting may be about to read them. @param keep leaves out what is gone for good.
 */
export const useAddresses = async (
  folder: string,
  before: AddressManifest,
  after: AddressManifest,
  keep: 'until the next change' | 'no longer',
): Promise<void> => {
  await writeAddressManifest(folder, after);
  await sweep(folder, keep === 'no longer' ? [after] : [before, after]);
};
