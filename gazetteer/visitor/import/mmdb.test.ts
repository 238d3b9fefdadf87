import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Reader } from 'mmdb-lib';
import { makeMmdb, type MmdbValue } from '../../../test/support/mmdb.ts';
import { formatAddress, parseAddress } from '../../../src/services/visitor/addresses/address.ts';
import { ImportError } from '../../import/import-error.ts';
import { createSkips } from '../../import/import-skips.ts';
import { openMmdb } from './mmdb-file.ts';
import { readMmdb } from './mmdb-rows.ts';
import { walkMmdb } from './mmdb-walk.ts';
import type { FactsRow, ReadLayer } from './source.ts';

const rowsOf = async (bytes: Buffer, layer: ReadLayer): Promise<FactsRow[]> => {
  const skips = createSkips();
  const rows: FactsRow[] = [];
  for await (const row of readMmdb(openMmdb('x.mmdb', bytes), { layer, skips, report: () => undefined }))
    rows.push(row);
  return rows;
};

const shown = ({ first, last, facts }: FactsRow): unknown => [
  formatAddress(first),
  formatAddress(last),
  facts,
];

const refused = (bytes: Buffer, what: RegExp): void => {
  assert.throws(
    () => {
      const file = openMmdb('x.mmdb', bytes);
      for (const { offset } of walkMmdb(file)) file.record(offset);
    },
    (error: unknown) => error instanceof ImportError && what.test(error.message),
  );
};

const GEOLITE: MmdbValue = {
  city: { names: { de: 'Wien', en: 'Vienna' } },
  country: { iso_code: 'AT', names: { en: 'Austria' } },
  location: { accuracy_radius: 20, latitude: 48.2, longitude: 16.37, time_zone: 'Europe/Vienna' },
  postal: { code: '1010' },
  subdivisions: [{ iso_code: '9', names: { en: 'Vienna' } }],
};
const FLAT: MmdbValue = {
  city: 'Perth',
  country_code: 'AU',
  latitude: -31.95,
  longitude: 115.86,
  state1: 'Western Australia',
  postcode: '',
  timezone: '',
};
const WHERE = {
  accuracyKm: 20,
  city: 'Vienna',
  country: 'AT',
  latitude: 48.2,
  longitude: 16.37,
  postcode: '1010',
  region: '9',
  regionName: 'Vienna',
  timezone: 'Europe/Vienna',
};

describe('the reader of MMDB files', () => {
  it('reads the schemas of MaxMind and of ip-location-db, in every size of record', async () => {
    for (const recordSize of [24, 28, 32] as const) {
      const bytes = makeMmdb(
        [
          ['1.2.3.0/24', GEOLITE],
          ['2a00::/16', FLAT],
        ],
        { recordSize },
      );
      assert.deepEqual((await rowsOf(bytes, 'place')).map(shown), [
        ['1.2.3.0', '1.2.3.255', WHERE],
        [
          '2a00::',
          '2a00:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
          {
            city: 'Perth',
            country: 'AU',
            latitude: -31.95,
            longitude: 115.86,
            regionName: 'Western Australia',
          },
        ],
      ]);
    }
  });

  it('reads autonomous systems, and files of IPv4 alone', async () => {
    const bytes = makeMmdb(
      [['8.8.8.0/24', { autonomous_system_number: 15_169, autonomous_system_organization: 'Google LLC' }]],
      { ipVersion: 4 },
    );
    assert.deepEqual((await rowsOf(bytes, 'network')).map(shown), [
      ['8.8.8.0', '8.8.8.255', { asn: 15_169, organisation: 'Google LLC' }],
    ]);
  });

  it('joins neighbours that say the same, and passes the ways over which IPv4 lies a second time', async () => {
    const bytes = makeMmdb(
      [
        ['1.2.2.0/24', FLAT],
        ['1.2.3.0/24', FLAT],
        ['1.2.4.0/24', FLAT],
        ['1.2.8.0/24', GEOLITE],
        ['2a00::/16', GEOLITE],
      ],
      { aliases: true },
    );
    assert.deepEqual(
      (await rowsOf(bytes, 'place')).map(({ first, last }) => [formatAddress(first), formatAddress(last)]),
      [
        ['1.2.2.0', '1.2.4.255'],
        ['1.2.8.0', '1.2.8.255'],
        ['2a00::', '2a00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
      ],
    );
  });

  it('finds for every address what mmdb-lib finds', async () => {
    const prefix = fc.record({
      a: fc.integer({ min: 1, max: 223 }),
      b: fc.nat(255),
      c: fc.nat(255),
      six: fc.boolean(),
      code: fc.constantFrom('AT', 'DE', 'FR'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(prefix, { minLength: 1, maxLength: 40 }), async (prefixes) => {
        const networks = new Map<string, MmdbValue>();
        for (const { a, b, c, six, code } of prefixes)
          networks.set(
            six
              ? `2a${a.toString(16).padStart(2, '0')}:${b.toString(16)}:${c.toString(16)}::/48`
              : `${a}.${b}.${c}.0/24`,
            { country_code: code },
          );
        const bytes = makeMmdb([...networks]);
        const reader = new Reader<never>(bytes);
        const rows = await rowsOf(bytes, 'place');
        for (const { first, last, facts } of rows)
          for (const end of [first, last])
            assert.deepEqual(reader.get(formatAddress(end)), {
              country_code: 'country' in facts ? facts.country : '',
            });
        for (const network of networks.keys()) {
          const address = parseAddress(network.split('/')[0]!)!;
          assert.ok(
            rows.some(
              ({ first, last }) =>
                first.version === address.version && first.a <= address.a && address.a <= last.a,
            ),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('refuses files that are cut short, changed or no MMDB, and says where', () => {
    const whole = makeMmdb([
      ['1.2.3.0/24', GEOLITE],
      ['9.9.9.0/24', FLAT],
    ]);
    refused(whole.subarray(0, whole.length - 300), /no metadata/u);
    refused(
      whole.subarray(200),
      /shorter than its tree|twice|leads|decoded|deeper|no record|too|wrong|unknown/u,
    );
    refused(Buffer.from('hello'), /no metadata/u);
    refused(makeMmdb([['1.2.3.0/24', FLAT]], { builtAt: 1000 }), /build_epoch/u);
  });

  it('never hangs and never throws anything else, whatever bytes are changed', () => {
    const whole = makeMmdb(
      [
        ['1.2.3.0/24', GEOLITE],
        ['9.9.9.0/24', FLAT],
        ['2a00::/16', FLAT],
      ],
      { aliases: true },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          try {
            const file = openMmdb('x.mmdb', bytes);
            for (const { offset } of walkMmdb(file)) file.record(offset);
          } catch (error) {
            assert.ok(error instanceof ImportError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses records whose pointers stand for more text than there is room for', () => {
    // An array of 300 pointers to one text of 5,000 bytes: 1.5 MB out of 5,600 bytes.
    const text = 'x'.repeat(5000);
    const make = (pointers: number): Buffer => {
      const bytes = makeMmdb([['1.2.3.0/24', [text, ...Array.from({ length: pointers }, () => '')]]], {
        ipVersion: 4,
      });
      const start = bytes.indexOf(text) + text.length;
      // Empty texts of one byte become pointers of two: the array is made shorter by half, and ends where it ended.
      for (let at = 0; at < pointers / 2; at++) bytes.set([0x20, 4], start + 2 * at);
      const size = 1 + pointers / 2;
      bytes.writeUInt16BE(size - 285, bytes.indexOf(text) - 5);
      return bytes;
    };
    refused(make(600), /too much text/u);
  });

  it('refuses trees that lead back, and records that would grow for ever', () => {
    const loop = makeMmdb([['128.0.0.0/1', FLAT]], { ipVersion: 4, recordSize: 32 });
    loop.writeUInt32BE(0, 0);
    refused(loop, /leads twice to one node/u);
    // Arrays of two pointers, each to the array before: 2^40 values in 200 bytes.
    const bomb = makeMmdb([['1.2.3.0/24', 'x'.repeat(250)]], { ipVersion: 4, recordSize: 24 });
    const start = bomb.indexOf('x'.repeat(250)) - 2;
    bomb.set([0x41, 0x61], start + 2);
    for (let level = 0; level < 40; level++) {
      const at = 4 + level * 6;
      const before = level === 0 ? 2 : at - 6;
      bomb.set(
        [0x02, 0x04, 0x20 | (before >> 8), before & 255, 0x20 | (before >> 8), before & 255],
        start + at,
      );
    }
    // The record itself: a pointer to the outermost array.
    bomb.set([0x20, (4 + 39 * 6) & 255], start);
    refused(bomb, /too many values|nested too deeply/u);
  });
});
