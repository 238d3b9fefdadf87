/** Shows what is in use, and imports that can go on. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { extractsFolder, readManifest } from '../imports/manifest.ts';
import { readWork, workFolder } from '../imports/work.ts';

const sizeOf = (path: string): Promise<string> =>
  stat(path).then(
    ({ size }) => `${(size / 1e6).toFixed(1)} MB`,
    () => 'MISSING',
  );

/** A line for each index, and for each import that was interrupted. @throws {ManifestError} */
export const listGazetteer = async (folder: string, say: (line: string) => void): Promise<void> => {
  const { base, extracts } = await readManifest(folder);
  const origin =
    base.origin === 'packages' ? 'installed packages' : `GeoNames, ${base.importedAt.slice(0, 10)}`;
  say(`base  ${origin}  ${await sizeOf(join(folder, base.file))}`);
  for (const { name, file, source, rows, importedAt, attribution } of extracts)
    say(
      `${name}  ${source}, ${importedAt.slice(0, 10)}  ${rows.toLocaleString('en')} rows  ${await sizeOf(join(extractsFolder(folder), file))}  ${attribution}`,
    );
  if (extracts.length === 0) say('There are no extracts. Import one with: vouchsafe gazetteer import FILE');
  for (const name of await readdir(join(folder, 'work')).catch(() => [])) {
    const state = await readWork(workFolder(folder, name));
    if (state !== undefined)
      say(
        `${name}  begun ${state.startedAt} and not finished; import its files again with --resume to go on`,
      );
  }
};
