/** Takes index files into use and out of it. Everything here needs the lock. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ImportStopped } from './lock.ts';
import {
  extractsFolder,
  manifestForChange,
  PACKAGES_FILE,
  readManifest,
  writeManifest,
  type Manifest,
  type ManifestExtract,
} from './manifest.ts';

type Say = (line: string) => void;

const filesOf = ({ base, extracts }: Manifest): string[] => [base.file, ...extracts.map(({ file }) => file)];

const removeOthers = async (
  folder: string,
  kept: ReadonlySet<string>,
  isOurs: (name: string) => boolean,
): Promise<void> => {
  for (const name of await readdir(folder).catch(() => []))
    if (!kept.has(name) && isOurs(name)) await rm(join(folder, name), { force: true });
};

/** Removes index files that none of the manifests lists, and what writing that was cut off has left. */
const sweep = async (folder: string, manifests: readonly Manifest[], spare: string): Promise<void> => {
  const kept = new Set([...manifests.flatMap(filesOf), spare]);
  await removeOthers(extractsFolder(folder), kept, (name) => /\.idx(?:\..+)?$/u.test(name));
  await removeOthers(folder, kept, (name) => /^places-geonames\..+\.idx(?:\..+)?$/u.test(name));
};

/** Removes what neither is in use nor is `spare`, such as what a killed import has left. */
export const sweepStrays = async (folder: string, spare: string): Promise<void> => {
  const manifest = await readManifest(folder).catch(() => undefined);
  // Without a manifest that can be read nobody knows what is in use.
  if (manifest !== undefined) await sweep(folder, [manifest], spare);
};

/**
 * Changes the manifest. Files that were in use until now stay until the next change: a server that is just starting
 * may be about to read them.
 */
const change = async (folder: string, say: Say, next: (now: Manifest) => Manifest): Promise<Manifest> => {
  const before = await manifestForChange(folder, say);
  const after = next(before);
  await writeManifest(folder, after);
  await sweep(folder, [before, after], '');
  return after;
};

/** Takes an extract into use, instead of the one of its name where there is one. */
export const useExtract = async (folder: string, entry: ManifestExtract, say: Say): Promise<void> => {
  await change(folder, say, (now) => ({
    ...now,
    extracts: [...now.extracts.filter(({ name }) => name !== entry.name), entry],
  }));
};

/** Takes a base index into use. */
export const useBase = async (folder: string, base: Manifest['base'], say: Say): Promise<void> => {
  await change(folder, say, (now) => ({ ...now, base }));
};

/** Goes back to the index of the installed packages. */
export const usePackages = async (folder: string, now: Date, say: Say): Promise<void> => {
  await useBase(folder, { file: PACKAGES_FILE, origin: 'packages', importedAt: now.toISOString() }, say);
};

/** Takes an extract out of use and removes its files at once. @throws {ImportStopped} where there is none of that name. */
export const dropExtract = async (folder: string, name: string, say: Say): Promise<void> => {
  const after = await change(folder, say, (now) => {
    if (now.extracts.every((extract) => extract.name !== name))
      throw new ImportStopped(1, `There is no extract ${name}; see: vouchsafe gazetteer list`);
    return { ...now, extracts: now.extracts.filter((extract) => extract.name !== name) };
  });
  await sweep(folder, [after], '');
};
