/** Writes `src/services/geocoding/address/address-data.json` from the npm package `@fragaria/address-formatter`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type {
  AddressData,
  NamedCode,
  TerritoryForm,
} from '../src/services/geocoding/address/address-data.ts';
import { AMENDED_TERRITORIES, FURTHER_ALIASES } from './address-amendments.ts';

interface PackageCode {
  readonly key: string;
  readonly name: string | Readonly<Record<string, string>>;
}

type ByTerritory<Value> = Readonly<Record<string, Value>>;

interface PackageAbbreviation {
  readonly component: string;
  readonly replacements: readonly { readonly src: string; readonly dest: string }[];
}

const codesOf = (codes: ByTerritory<readonly PackageCode[]>): ByTerritory<readonly NamedCode[]> =>
  Object.fromEntries(
    Object.entries(codes).map(([territory, list]) => [
      territory,
      list.map(({ key, name }) => ({
        code: key,
        names: typeof name === 'string' ? [name] : [...new Set(Object.values(name))],
      })),
    ]),
  );

/** @param folder that of the package's `src/templates`. */
export const readAddressData = (folder: string): AddressData => {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const templates = read('templates') as ByTerritory<TerritoryForm | string>;
  const aliases = read('aliases') as readonly { readonly alias: string; readonly name: string }[];
  const abbreviations = read('abbreviations') as ByTerritory<readonly PackageAbbreviation[]>;
  const territories = Object.entries(templates).flatMap(([name, form]) =>
    // `generic1` and the like are building blocks; `CA_fr` and the like are for a language that the answer may not have.
    typeof form === 'string' || !/^(?:[A-Z]{2}|default)$/.test(name) ? [] : [[name, form] as const],
  );
  return {
    territories: {
      ...Object.fromEntries(territories),
      ...AMENDED_TERRITORIES(Object.fromEntries(territories)),
    },
    aliases: [...aliases.map(({ alias, name }) => [alias, name] as const), ...FURTHER_ALIASES],
    states: codesOf(read('state-codes') as ByTerritory<readonly PackageCode[]>),
    counties: codesOf(read('county-codes') as ByTerritory<readonly PackageCode[]>),
    languages: read('country-to-lang') as ByTerritory<readonly string[]>,
    abbreviations: Object.fromEntries(
      Object.entries(abbreviations).map(([language, list]) => [
        language,
        list.map(({ component, replacements }) => ({
          component,
          words: replacements.map(({ src, dest }) => [src, dest] as const),
        })),
      ]),
    ),
  };
};

/** The folder of templates in the installed package. */
export const packagedTemplates = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('@fragaria/address-formatter')), '../../src/templates');

if (import.meta.main) {
  const data = readAddressData(packagedTemplates());
  const target = new URL('../src/services/geocoding/address/address-data.json', import.meta.url);
  writeFileSync(target, `${JSON.stringify(data)}\n`);
  console.log(`${Object.keys(data.territories).length} territories are written.`);
}
