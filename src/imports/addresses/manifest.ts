/** Which imported address data are in use: `DATA_DIR/visitor/manifest.json`. What it does not name is as shipped. */
import { join } from 'node:path';
import { z } from 'zod';
import { NETWORK_KINDS } from '../../services/visitor/addresses/facts.ts';
import { createManifestFile } from '../manifest-file.ts';

/** A file of the folder `imported`: no separators, no dot at the front, so that it cannot lead elsewhere. */
const fileName = z.string().regex(/^[a-z0-9][A-Za-z0-9._-]{0,120}\.(?:idx|list)$/u);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/u);

const importedSchema = z.strictObject({
  file: fileName,
  importedAt: z.iso.datetime(),
  /** Day of the data. */
  builtAt: day,
  origin: z.string().min(1).max(200),
  ranges: z.int().min(0),
});

const listSchema = importedSchema.extend({ kind: z.enum(NETWORK_KINDS) });

const manifestSchema = z.strictObject({
  version: z.literal(1),
  place: importedSchema.optional(),
  network: importedSchema.optional(),
  /** Made of the shipped kinds and of the lists, each of which stands for all that is known of its kind. */
  kinds: importedSchema
    .extend({
      lists: z
        .array(listSchema)
        .min(1)
        .max(NETWORK_KINDS.length)
        .refine((lists) => new Set(lists.map(({ kind }) => kind)).size === lists.length, {
          message: 'two lists are of one kind',
        }),
    })
    .optional(),
});

export type AddressManifest = z.infer<typeof manifestSchema>;
export type ImportedLayer = z.infer<typeof importedSchema>;
export type ImportedList = z.infer<typeof listSchema>;

/** Where everything about addresses lies. */
export const visitorFolder = (dataDir: string): string => join(dataDir, 'visitor');
/** Where imported layers and lists lie. @param folder from `visitorFolder`. */
export const importedFolder = (folder: string): string => join(folder, 'imported');

/** What is in use where there is no manifest: the shipped data alone. */
export const NOTHING_IMPORTED: AddressManifest = { version: 1 };

/** All take a folder from `visitorFolder`. */
export const {
  parse: parseAddressManifest,
  read: readAddressManifest,
  readForChange: addressManifestForChange,
  write: writeAddressManifest,
} = createManifestFile({
  schema: manifestSchema,
  mostBytes: 64 * 1024,
  absent: NOTHING_IMPORTED,
  repair: 'import again, or remove it to go back to the shipped data',
});
