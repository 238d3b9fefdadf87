/** Which index files of an installation are in use: `DATA_DIR/gazetteer/manifest.json`. */
import { join } from 'node:path';
import { z } from 'zod';
import { createManifestFile } from './manifest-file.ts';

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

/** Where everything of the gazetteer lies. */
export const gazetteerFolder = (dataDir: string): string => join(dataDir, 'gazetteer');
/** Where the index files of extracts lie. @param folder from `gazetteerFolder`. */
export const extractsFolder = (folder: string): string => join(folder, 'extracts');

/** The base index that is built from the installed packages. */
export const PACKAGES_FILE = 'places.idx';

/** What is in use where there is no manifest. */
export const NO_MANIFEST: Manifest = {
  version: 1,
  base: { file: PACKAGES_FILE, origin: 'packages', importedAt: '1970-01-01T00:00:00Z' },
  extracts: [],
};

/** All take a folder from `gazetteerFolder`. */
export const {
  parse: parseManifest,
  read: readManifest,
  readForChange: manifestForChange,
  write: writeManifest,
} = createManifestFile({
  schema: manifestSchema,
  mostBytes: 256 * 1024,
  absent: NO_MANIFEST,
  repair: 'import again, or remove it to go back to the data of the installed packages',
});
