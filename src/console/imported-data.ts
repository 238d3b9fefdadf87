/** The licences of data that an operator has imported: whoever serves it has to name its authors. */
import type { Attribution } from './attributions.ts';

/** An imported extract that answers now. */
export interface ImportedData {
  readonly name: string;
  readonly source: 'osm' | 'openaddresses';
  /** Who has to be named, as plain text. */
  readonly attribution: string;
  /** RFC 3339. */
  readonly importedAt: string;
}

const SOURCES = {
  osm: {
    name: 'OpenStreetMap',
    url: 'https://www.openstreetmap.org/copyright',
    use: 'Streets, houses, named places and borders',
    changes: 'Selected, joined and packed into a compact index.',
    licence: {
      name: 'Open Data Commons Open Database License 1.0',
      spdx: 'ODbL-1.0',
      url: 'https://opendatacommons.org/licenses/odbl/1-0/',
    },
  },
  openaddresses: {
    name: 'OpenAddresses',
    url: 'https://openaddresses.io/',
    use: 'Addresses',
    changes: 'Selected and packed into a compact index.',
    // Every source there has terms of its own; only whoever downloaded it knows which these are.
    licence: {
      name: 'as the sources listed by OpenAddresses ask',
      spdx: 'LicenseRef-OpenAddresses',
      url: 'https://github.com/openaddresses/openaddresses/tree/master/sources',
    },
  },
} as const;

/** One credit for each imported extract, in their order. */
export const creditsOf = (imported: readonly ImportedData[]): readonly Attribution[] =>
  imported.map(({ name, source, attribution, importedAt }) => {
    const { use, ...rest } = SOURCES[source];
    return {
      ...rest,
      use: `${use}: the extract ${name}, imported on ${importedAt.slice(0, 10)}.`,
      notice: attribution,
    };
  });
