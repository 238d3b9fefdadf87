/** The file that says which imported files are in use: read with suspicion, replaced whole. */
import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ZodType } from 'zod';
import { randomSecretBytes } from '../foundation/secret.ts';

/** A manifest that must not be used; the message says what to do and repeats nothing of it. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** Where the manifest of a folder lies. */
export const manifestPath = (folder: string): string => join(folder, 'manifest.json');

export interface ManifestFormat<Manifest> {
  readonly schema: ZodType<Manifest>;
  /** A larger file is none. */
  readonly mostBytes: number;
  /** What is in use where there is no manifest. */
  readonly absent: Manifest;
  /** What the operator can do about a manifest that cannot be used. */
  readonly repair: string;
}

export interface ManifestFile<Manifest> {
  /** Reads a manifest's text. @throws {ManifestError} */
  parse(text: string): Manifest;
  /**
   * What is in use; the format's `absent` where there is no manifest.
   * @throws {ManifestError} where it cannot be used; errors of the file system come through.
   */
  read(folder: string): Promise<Manifest>;
  /** What is in use; a damaged manifest is put aside, and everything begins from `absent`. Needs the lock. */
  readForChange(folder: string, say: (line: string) => void): Promise<Manifest>;
  /** Puts a manifest into use; running servers take what it lists within seconds. The files have to be there before. */
  write(folder: string, manifest: Manifest): Promise<void>;
}

/** Makes the names in a folder durable; a rename that is not could be undone by a crash. */
const syncFolder = async (folder: string): Promise<void> => {
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

export const createManifestFile = <Manifest>(format: ManifestFormat<Manifest>): ManifestFile<Manifest> => {
  const { schema, mostBytes, absent, repair } = format;

  const parse = (text: string): Manifest => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new ManifestError(`manifest.json is damaged (no JSON): ${repair}.`);
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.map(String).join('.').slice(0, 60) ?? '';
    throw new ManifestError(
      `manifest.json is not one of this version (${where === '' ? 'as a whole' : where}): ${repair}.`,
    );
  };

  const read = async (folder: string): Promise<Manifest> => {
    const path = manifestPath(folder);
    try {
      const facts = await lstat(path);
      if (!facts.isFile() || facts.size > mostBytes)
        throw new ManifestError(`manifest.json is no manifest: ${repair}.`);
      return parse(await readFile(path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent;
      throw error;
    }
  };

  return {
    parse,
    read,
    readForChange: async (folder, say) => {
      try {
        return await read(folder);
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        await rename(manifestPath(folder), `${manifestPath(folder)}.damaged`);
        say(
          'The manifest was damaged and is manifest.json.damaged now; what it listed has to be imported again.',
        );
        return absent;
      }
    },
    write: (folder, manifest) =>
      replaceText(manifestPath(folder), `${JSON.stringify(schema.parse(manifest), null, 2)}\n`),
  };
};
