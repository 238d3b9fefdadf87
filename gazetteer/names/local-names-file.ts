/** Names of places and states by language, as `local-names.ts` has gathered them: one brotli-compressed text. */
import { readFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib';

/** What something is called in one language. */
export interface LocalName {
  /** BCP 47 tag, such as `de` or `zh-Hant`. */
  readonly language: string;
  readonly name: string;
}

/** Names by the number that GeoNames has for a place, or by its code for a state (`DE.02`). */
export type LocalNames = ReadonlyMap<string, readonly LocalName[]>;

const FILE = new URL('../data/local-names.bin', import.meta.url);

/** A line for each place: its key, then `language=name` for each name, all separated by tabs. */
export const packLocalNames = (names: LocalNames): Buffer => {
  const lines = [...names]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, list]) => [key, ...list.map(({ language, name }) => `${language}=${name}`)].join('\t'));
  return brotliCompressSync(Buffer.from(lines.join('\n')), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
};

/** Reads what `packLocalNames` has written. */
export const unpackLocalNames = (packed: Buffer): LocalNames =>
  new Map(
    brotliDecompressSync(packed)
      .toString('utf8')
      .split('\n')
      .map((line): [string, LocalName[]] => {
        const [key = '', ...rest] = line.split('\t');
        const list = rest.map((entry) => {
          const at = entry.indexOf('=');
          return { language: entry.slice(0, at), name: entry.slice(at + 1) };
        });
        return [key, list];
      }),
  );

/** Where the committed names lie. */
export const localNamesFile = (): URL => FILE;

/** The committed names. */
export const readLocalNames = (): LocalNames => unpackLocalNames(readFileSync(FILE));

/** Changes with the committed names, in the form of a package and its version. */
export const localNamesVersion = (): string =>
  `local-names@${crc32(readFileSync(FILE)).toString(16).padStart(8, '0')}`;
