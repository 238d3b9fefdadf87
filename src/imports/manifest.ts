/** Which index files of an installation are in use: `DATA_DIR/gazetteer/manifest.json`. */
import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { randomSecretBytes } from '../foundation/secret.ts';

/** A larger file is no manifest. */
const MOST_BYTES = 256 * 1024;

/** Names of extracts, as `import --as` takes them. */
export const EXTRACT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/u;

/** A file of the folder itself: no separators, no dot at the front, so that it cannot lead elsewhere. */
const fileName = z.string().regex(/^[a-z0-9][A-Za-z0-9.-]{0,120}\.idx$/u);

const baseSchema = z.strictObject({
  file: fileName,
  /** `packages` is built anew by the server where it is missing; `geonames` came by an import. */
  origin: z.enum(['packages', 'geonames']),
  importedAt: z.iso.datetime(),
});

const extractSchema = z.strictObject({
  name: z.string().regex(EXTRACT_NAME),
  /** In the folder `extracts`. */
  file: fileName,
  importedAt: z.iso.datetime(),
  source: z.enum(['osm', 'openaddresses']),
  /** Who has to be named, as plain text. */
  attribution: z.string().min(1).max(400),
  rows: z.int().min(0),
});

const manifestSchema = z.strictObject({
  version: z.literal(1),
  base: baseSchema,
  extracts: z
    .array(extractSchema)
    .max(200)
    .refine((extracts) => new Set(extracts.map(({ name }) => name)).size === extracts.length, {
      message: 'two extracts have one name',
    }),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestExtract = Manifest['extracts'][number];

/** A manifest that must not be used; the message says what to do and repeats nothing of it. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** Where everything of the gazetteer lies. */
export const gazetteerFolder = (dataDir: string): string => join(dataDir, 'gazetteer');
/** Where the manifest lies. @param folder from `gazetteerFolder`, as below. */
export const manifestPath = (folder: string): string => join(folder, 'manifest.json');
/** Where the index files of extracts lie. */
export const extractsFolder = (folder: string): string => join(folder, 'extracts');

/** The base index that is built from the installed packages. */
export const PACKAGES_FILE = 'places.idx';

/** What is in use where there is no manifest. */
export const NO_MANIFEST: Manifest = {
  version: 1,
  base: { file: PACKAGES_FILE, origin: 'packages', importedAt: '1970-01-01T00:00:00Z' },
  extracts: [],
};

const REPAIR = 'import again, or remove it to go back to the data of the installed packages';

/** Reads a manifest's text. @throws {ManifestError} */
export const parseManifest = (text: string): Manifest => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ManifestError(`manifest.json is damaged (no JSON): ${REPAIR}.`);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.map(String).join('.').slice(0, 60) ?? '';
  throw new ManifestError(
    `manifest.json is not one of this version (${where === '' ? 'as a whole' : where}): ${REPAIR}.`,
  );
};

/**
 * What is in use; `NO_MANIFEST` where there is none.
 * @throws {ManifestError} where it cannot be used; errors of the file system come through.
 */
export const readManifest = async (folder: string): Promise<Manifest> => {
  const path = manifestPath(folder);
  try {
    const facts = await lstat(path);
    if (!facts.isFile() || facts.size > MOST_BYTES)
      throw new ManifestError(`manifest.json is no manifest: ${REPAIR}.`);
    return parseManifest(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NO_MANIFEST;
    throw error;
  }
};

/** Makes the names in a folder durable; a rename that is not could be undone by a crash. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Replaces a small file whole: whoever reads it sees the old text or the new one, also after a crash. */
export const replaceText = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.${randomSecretBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
};

/** Puts a manifest into use; running servers take what it lists within seconds. The files have to be there before. */
export const writeManifest = async (folder: string, manifest: Manifest): Promise<void> => {
  await replaceText(manifestPath(folder), `${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`);
};
