import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addressesV4,
  addressesV6,
  addressOfBig,
  bigOf,
  layerOf,
  TEST_META,
} from '../../../test/support/address-layers.ts';
import {
  formatAddress,
  parseAddress,
  type Address,
} from '../../../src/services/visitor/addresses/address.ts';
import { openAddressData, type AddressData } from '../../../src/services/visitor/addresses/address-data.ts';
import { NETWORK_KINDS, type NetworkKind } from '../../../src/services/visitor/addresses/facts.ts';
import { openLayer } from '../../../src/services/visitor/addresses/layer-format.ts';
import { createRangeFinder } from '../../../src/services/visitor/addresses/range-finder.ts';
import { readLayerRows } from './read-rows.ts';
import { RowError, type KindsRow, type NetworkRow, type PlaceRow } from './rows.ts';
import { makeLayer } from './write-layer.ts';

const address = (text: string): Address => parseAddress(text)!;
const range = (first: string, last: string): { first: Address; last: Address } => ({
  first: address(first),
  last: address(last),
});

/** Ranges of one version whose ends often meet, lie in each other, or lie within one /64. */
const rangesOf = (addresses: fc.Arbitrary<Address>): fc.Arbitrary<{ first: Address; last: Address }[]> =>
  fc
    .tuple(
      fc.array(addresses, { minLength: 1, maxLength: 8 }),
      fc.array(
        fc.tuple(fc.nat(), fc.nat(), fc.bigInt({ min: -2n, max: 2n }), fc.constantFrom(0n, 0n, 1n, 200n)),
        {
          maxLength: 30,
        },
      ),
    )
    .map(([anchors, picks]) =>
      picks.map(([from, to, offset, width]) => {
        const { version } = anchors[0]!;
        const most = (1n << (version === 4 ? 32n : 128n)) - 1n;
        const clamp = (value: bigint): bigint => (value < 0n ? 0n : value > most ? most : value);
        const one = clamp(bigOf(anchors[from % anchors.length]!) + offset);
        const other = width === 0n ? bigOf(anchors[to % anchors.length]!) : clamp(one + width - 1n);
        const [first, last] = one <= other ? [one, other] : [other, one];
        return { first: addressOfBig(version, first), last: addressOfBig(version, last) };
      }),
    );

/** The ends of all ranges and what lies beside them, and some more. */
const probesOf = (
  ranges: readonly { first: Address; last: Address }[],
  more: readonly Address[],
): Address[] => [
  ...more,
  ...ranges.flatMap(({ first, last }) =>
    [bigOf(first) - 1n, bigOf(first), (bigOf(first) + bigOf(last)) / 2n, bigOf(last), bigOf(last) + 1n]
      .filter((value) => value >= 0n && value < 1n << (first.version === 4 ? 32n : 128n))
      .map((value) => addressOfBig(first.version, value)),
  ),
];

const holds = ({ first, last }: { first: Address; last: Address }, probe: Address): boolean =>
  first.version === probe.version && bigOf(first) <= bigOf(probe) && bigOf(probe) <= bigOf(last);

/** The range that holds by the rule, found by looking at all: the narrowest, of equals the later. */
const narrowest = (ranges: readonly { first: Address; last: Address }[], probe: Address): number => {
  let best = -1;
  let width = -1n;
  ranges.forEach((each, index) => {
    const own = bigOf(each.last) - bigOf(each.first);
    if (holds(each, probe) && (best < 0 || own <= width)) [best, width] = [index, own];
  });
  return best;
};

for (const [name, addresses] of [
  ['IPv4', addressesV4],
  ['IPv6', addressesV6],
] as const) {
  test(`finds in ${name} what looking at every range finds: the narrowest holds, of equals the later`, async () => {
    await fc.assert(
      fc.asyncProperty(rangesOf(addresses), fc.array(addresses, { maxLength: 10 }), async (ranges, more) => {
        const rows = ranges.map((each, asn): NetworkRow => ({ ...each, network: { asn, organisation: '' } }));
        const layer = openLayer('network', await layerOf('network', rows));
        const find = createRangeFinder(layer.sections);
        for (const probe of probesOf(ranges, more)) {
          const record = find(probe);
          const found = record === 0 ? -1 : layer.sections.records[2 * record];
          assert.equal(found, narrowest(ranges, probe), formatAddress(probe));
        }
      }),
      { numRuns: 400 },
    );
  });

  test(`gives in ${name} all kinds of all ranges that hold an address`, async () => {
    const kindOf = (index: number): NetworkKind => NETWORK_KINDS[index % NETWORK_KINDS.length]!;
    await fc.assert(
      fc.asyncProperty(rangesOf(addresses), async (ranges) => {
        const rows = ranges.map((each, index): KindsRow => ({ ...each, kinds: [kindOf(index)] }));
        const find = createRangeFinder(openLayer('kinds', await layerOf('kinds', rows)).sections);
        for (const probe of probesOf(ranges, [])) {
          const expected = ranges.reduce(
            (bits, each, index) => (holds(each, probe) ? bits | (1 << (index % NETWORK_KINDS.length)) : bits),
            0,
          );
          assert.equal(find(probe), expected, formatAddress(probe));
        }
      }),
      { numRuns: 200 },
    );
  });
}

test('rows that are read back make the same file again, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(rangesOf(addressesV4), rangesOf(addressesV6), async (four, six) => {
      const rows = [...four, ...six].map(({ first, last }, asn): NetworkRow => ({
        first,
        last,
        network: { asn: asn % 5, organisation: `n${String(asn % 5)}` },
      }));
      const settled = [...readLayerRows('network', await layerOf('network', rows))];
      const once = await layerOf('network', settled);
      assert.deepEqual([...readLayerRows('network', once)], settled);
      assert.deepEqual(
        Buffer.from(await layerOf('network', readLayerRows('network', once))),
        Buffer.from(once),
      );
    }),
    { numRuns: 150 },
  );
});

const openPlaces = async (rows: readonly PlaceRow[]): Promise<AddressData> =>
  openAddressData({
    place: await layerOf('place', rows),
    network: await layerOf('network', []),
    kinds: await layerOf('kinds', []),
  });

test('a place comes back as it was given, with the time zone of its coordinates', async () => {
  const whole = {
    country: 'DE',
    region: 'BY',
    regionName: 'Bavaria',
    city: 'Nürnberg',
    latitude: 49.453872,
    longitude: -11.07,
    accuracyKm: 20,
    postcode: '90402',
    timezone: 'Europe/Berlin',
  };
  const data = await openPlaces([
    { ...range('2.0.0.0', '2.0.0.255'), place: whole },
    { ...range('2.0.1.0', '2.0.1.255'), place: { country: 'FR' } },
    { ...range('2a00::', '2a00::ffff'), place: { country: 'JP', latitude: 35.68, longitude: 139.69 } },
    {
      ...range('2.0.2.0', '2.0.2.0'),
      place: { country: 'NR', latitude: 0, longitude: 0, timezone: 'Pacific/Nauru' },
    },
  ]);
  assert.deepEqual(data.place(address('2.0.0.77')), whole);
  assert.deepEqual(data.place(address('2.0.1.0')), { country: 'FR' });
  assert.deepEqual(data.place(address('2a00::1:0')), undefined);
  assert.deepEqual(data.place(address('2a00::5')), {
    country: 'JP',
    latitude: 35.68,
    longitude: 139.69,
    timezone: 'Asia/Tokyo',
  });
  assert.deepEqual(data.place(address('2.0.2.0')), {
    country: 'NR',
    latitude: 0,
    longitude: 0,
    timezone: 'Pacific/Nauru',
  });
});

test('AS numbers of 32 bits and names in any script come back', async () => {
  const network = { asn: 4_294_967_294, organisation: '株式会社 "Ünïcode", Ltd.' };
  const data = openAddressData({
    place: await layerOf('place', []),
    network: await layerOf('network', [{ ...range('2.0.0.0', '2.0.0.255'), network }]),
    kinds: await layerOf('kinds', [{ ...range('2.0.0.7', '2.0.0.7'), kinds: ['tor_exit', 'hosting'] }]),
  });
  assert.deepEqual(data.network(address('2.0.0.9')), network);
  assert.deepEqual(data.kinds(address('2.0.0.7')), ['hosting', 'tor_exit']);
  assert.deepEqual(data.kinds(address('2.0.0.8')), []);
  assert.deepEqual(
    data.layers.map(({ layer, ranges, builtAt }) => [layer, ranges, builtAt]),
    [
      ['place', 0, '2026-06-01'],
      ['network', 1, '2026-06-01'],
      ['kinds', 1, '2026-06-01'],
    ],
  );
});

test('addresses of special use are nowhere, whatever the data say', async () => {
  const data = await openPlaces([
    { ...range('0.0.0.0', '255.255.255.255'), place: { country: 'US' } },
    { ...range('::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'), place: { country: 'US' } },
  ]);
  for (const text of [
    '10.0.0.1',
    '127.0.0.1',
    '100.64.0.1',
    '192.0.2.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '2001:db8::1',
  ])
    assert.equal(data.place(address(text)), undefined, text);
  for (const text of ['8.8.8.8', '2a00::1', '2fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '223.255.255.255'])
    assert.deepEqual(data.place(address(text)), { country: 'US' }, text);
});

const FAULTS: readonly (readonly [what: string, row: PlaceRow, says: RegExp])[] = [
  [
    'a range that ends before it begins',
    { ...range('2.0.0.1', '2.0.0.0'), place: { country: 'FR' } },
    /before it begins/u,
  ],
  ['a range of two versions', { ...range('2.0.0.1', '2a00::'), place: { country: 'FR' } }, /two versions/u],
  ['a country that is no code', { ...range('2.0.0.0', '2.0.0.1'), place: { country: 'fr' } }, /alpha-2/u],
  [
    'a latitude alone',
    { ...range('2.0.0.0', '2.0.0.1'), place: { country: 'FR', latitude: 1 } },
    /without a longitude/u,
  ],
  [
    'a latitude that is no number',
    { ...range('2.0.0.0', '2.0.0.1'), place: { country: 'FR', latitude: Number.NaN, longitude: 1 } },
    /not on earth/u,
  ],
  [
    'a longitude beyond 180°',
    { ...range('2.0.0.0', '2.0.0.1'), place: { country: 'FR', latitude: 1, longitude: 181 } },
    /not on earth/u,
  ],
  [
    'a name with a control character',
    { ...range('2.0.0.0', '2.0.0.1'), place: { country: 'FR', city: 'a\nb' } },
    /printed/u,
  ],
  [
    'a name without end',
    { ...range('2.0.0.0', '2.0.0.1'), place: { country: 'FR', city: 'a'.repeat(257) } },
    /256/u,
  ],
];

for (const [what, row, says] of FAULTS) {
  test(`refuses ${what}`, async () => {
    await assert.rejects(makeLayer('place', [row], TEST_META), (error: unknown) => {
      assert.ok(error instanceof RowError);
      assert.match(error.message, says);
      return true;
    });
  });
}

test('refuses data without a day', async () => {
  await assert.rejects(makeLayer('kinds', [], { ...TEST_META, builtAt: 'June 2026' }), /YYYY-MM-DD/u);
});

test('ranges that touch and say the same are one', async () => {
  const { tables } = await makeLayer(
    'place',
    [
      { ...range('2.0.0.0', '2.0.0.255'), place: { country: 'FR' } },
      { ...range('2.0.1.0', '2.0.255.255'), place: { country: 'FR' } },
      { ...range('2.2.0.0', '2.2.255.255'), place: { country: 'FR' } },
    ],
    TEST_META,
  );
  assert.deepEqual(tables.ranges, { v4: 2, v6: 0 });
});

/** A tower of ranges, each within the one before. */
const tower = (height: number): KindsRow[] =>
  Array.from({ length: height }, (_, at) => ({
    first: addressOfBig(4, BigInt(at)),
    last: addressOfBig(4, 0xf000_0000n - BigInt(at)),
    kinds: [NETWORK_KINDS[at % 2]!],
  }));

test('a tower of ranges is no more work than as many beside each other', async () => {
  // With a look through all that are open at each step this is ten thousand million comparisons.
  const { tables } = await makeLayer('kinds', tower(100_000), TEST_META);
  assert.deepEqual(tables.ranges, { v4: 3, v6: 0 });
});

test('stops where it is told to, also while ranges are laid out', async () => {
  const stop = new AbortController();
  const rows = function* (): Generator<KindsRow> {
    yield* tower(120_000);
    // From here on there are no more rows to hear it at.
    setImmediate(() => stop.abort());
  };
  await assert.rejects(makeLayer('kinds', rows(), TEST_META, { signal: stop.signal }), {
    name: 'AbortError',
  });
});

test('says on which parts rows contradict each other, and on no other', async () => {
  const parts: string[] = [];
  const network = (first: string, last: string, asn: number): NetworkRow => ({
    ...range(first, last),
    network: { asn, organisation: '' },
  });
  await makeLayer(
    'network',
    [
      network('2.0.0.0', '2.0.0.255', 1),
      network('2.0.0.8', '2.0.0.15', 2),
      network('2.0.1.0', '2.0.1.255', 3),
      network('2.0.1.0', '2.0.1.255', 3),
      network('2.0.1.128', '2.0.1.128', 3),
      network('2a00::', '2a00::5', 1),
      network('2a00::5', '2a00::6', 2),
    ],
    TEST_META,
    {
      contested: (version, first, last) =>
        parts.push([first, last].map((end) => formatAddress(addressOfBig(version, end))).join('-')),
    },
  );
  assert.deepEqual(parts, ['2.0.0.8-2.0.0.15', '2a00::5-2a00::5']);
});
