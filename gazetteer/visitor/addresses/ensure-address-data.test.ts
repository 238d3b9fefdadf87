import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { layerOf, TEST_META } from '../../../test/support/address-layers.ts';
import { parseAddress } from '../../../src/services/visitor/addresses/address.ts';
import {
  createAddressDataHolder,
  openAddressData,
  type AddressData,
} from '../../../src/services/visitor/addresses/address-data.ts';
import { LAYERS, openLayer } from '../../../src/services/visitor/addresses/layer-format.ts';
import { readStateCodes } from '../../areas/areas.ts';
import { ensureShippedLayer, ensureShippedLayers, shippedLayerPath } from './ensure-address-data.ts';
import { writeLayer } from './write-layer.ts';

const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-addresses-'));
after(() => rm(folder, { recursive: true, force: true }));

const said: string[] = [];
const files = await ensureShippedLayers(folder, (message) => said.push(message));
const data: AddressData = openAddressData(files);
const MB = 1e6;

test('what is shipped is small, and what all threads share stays below 100 MB', async () => {
  let shipped = 0;
  for (const layer of LAYERS)
    shipped += (await stat(new URL(`../../data/addresses/${layer}.bin`, import.meta.url))).size;
  assert.ok(shipped < 25 * MB, String(shipped));
  const shared = LAYERS.reduce((sum, layer) => sum + files[layer].byteLength, 0);
  assert.ok(shared < 100 * MB, String(shared));
});

test('each layer is unpacked once, and says so', async () => {
  assert.deepEqual(said, [
    'unpacking address data: place',
    'unpacking address data: network',
    'unpacking address data: kinds',
  ]);
  const before = await stat(shippedLayerPath(folder, 'place'), { bigint: true });
  const again: string[] = [];
  await ensureShippedLayers(folder, (message) => again.push(message));
  assert.deepEqual(again, []);
  assert.equal((await stat(shippedLayerPath(folder, 'place'), { bigint: true })).ino, before.ino);
});

test('what was unpacked and is damaged, cut short or of other data is unpacked again', async () => {
  const path = shippedLayerPath(folder, 'kinds');
  const whole = await readFile(path);
  const spoil: (() => Promise<unknown>)[] = [
    () => truncate(path, whole.length - 1),
    () => writeFile(path, Buffer.from(whole).fill(7, 1_000, 1_010)),
    () => writeFile(path, ''),
    () => rm(path),
    () => writeLayer('kinds', [], TEST_META, path),
  ];
  for (const each of spoil) {
    await each();
    const reports: string[] = [];
    await ensureShippedLayer('kinds', folder, (message) => reports.push(message));
    assert.equal(reports.length, 1);
    assert.ok((await readFile(path)).equals(whole));
  }
});

test('every layer names its day, its sources and whose work it is', () => {
  assert.deepEqual(
    data.layers.map(({ layer }) => layer),
    [...LAYERS],
  );
  for (const { builtAt, origin, attribution, rangesV4, rangesV6, ranges } of data.layers) {
    assert.match(builtAt, /^2026-06-\d\d$/u);
    assert.match(origin, /@ip-location-db\//u);
    assert.ok(attribution.length >= 3);
    for (const { text, url, licence } of attribution) {
      assert.ok(text.length > 0 && url.startsWith('https://'));
      assert.match(licence, /^(?:CC0-1\.0|CC-BY-4\.0|MIT)$/u);
    }
    assert.ok(rangesV4 > 10_000 && rangesV6 > 3_000 && ranges === rangesV4 + rangesV6, String(ranges));
  }
  assert.ok(
    data.layers.some(({ attribution }) => attribution.some(({ url }) => url === 'https://db-ip.com')),
  );
});

/** Names that have stood for years. */
const KNOWN: readonly (readonly [text: string, country: string, asn: number, organisation: RegExp])[] = [
  ['8.8.8.8', 'US', 15169, /google/iu],
  ['9.9.9.9', 'US', 19281, /quad9/iu],
  ['193.0.6.139', 'NL', 3333, /ripe|réseaux/iu],
  ['141.76.2.4', 'DE', 680, /forschungsnetz|dfn/iu],
  ['129.132.19.216', 'CH', 559, /switch/iu],
  ['133.11.0.1', 'JP', 2501, /tokyo/iu],
  ['200.160.2.3', 'BR', 22548, /nic\.?br|núcleo|nucleo/iu],
  ['2001:67c:2e8:22::c100:68b', 'NL', 3333, /ripe|réseaux/iu],
  ['2001:638:a000::1', 'DE', 680, /forschungsnetz|dfn/iu],
];

for (const [text, country, asn, organisation] of KNOWN) {
  test(`knows ${text} in ${country}, of AS${String(asn)}`, () => {
    const address = parseAddress(text)!;
    assert.equal(data.place(address)?.country, country);
    assert.equal(data.network(address)?.asn, asn);
    assert.match(data.network(address)?.organisation ?? '', organisation);
  });
}

test('knows a city with its state, coordinates and time zone', () => {
  const { city, region, regionName, latitude, longitude, timezone } = data.place(parseAddress('8.8.8.8')!)!;
  assert.deepEqual(
    { city, region, regionName, timezone },
    { city: 'Mountain View', region: 'CA', regionName: 'California', timezone: 'America/Los_Angeles' },
  );
  assert.ok(Math.abs(latitude! - 37.4) < 0.1 && Math.abs(longitude! + 122.08) < 0.1);
});

test('knows hosts, VPNs and satellites by the networks that announce them', () => {
  const kindsOf = (text: string): readonly string[] => data.kinds(parseAddress(text)!);
  assert.deepEqual(kindsOf('5.9.0.1'), ['hosting']);
  assert.ok(kindsOf('98.97.0.1').includes('satellite'));
  assert.deepEqual(kindsOf('141.76.2.4'), []);
  assert.deepEqual(kindsOf('10.0.0.1'), []);
});

test('every region code is one of ISO 3166-2, of the country that it stands with', () => {
  const codes = new Set(readStateCodes().values());
  const { divisions } = openLayer('place', files.place).tables;
  let named = 0;
  let coded = 0;
  for (const { country, region, regionName } of divisions) {
    if (regionName !== '') named++;
    if (region === '') continue;
    coded++;
    assert.ok(codes.has(`${country}-${region}`), `${country}-${region} ${regionName}`);
  }
  assert.ok(coded / named > 0.9, `${String(coded)} of ${String(named)}`);
});

for (const [country, regionName, region] of [
  ['GB', 'England', 'ENG'],
  ['FR', 'Ile-de-France', 'IDF'],
  ['DE', 'Bavaria', 'BY'],
  ['CA', 'Quebec', 'QC'],
  ['AU', 'New South Wales', 'NSW'],
  ['JP', 'Tokyo', '13'],
  ['IT', 'Lombardy', '25'],
  ['IN', 'Maharashtra', 'MH'],
  ['CN', 'Beijing', 'BJ'],
  ['RU', 'Moscow', 'MOW'],
  ['VN', 'Ho Chi Minh', 'SG'],
  ['SG', 'Singapore', ''],
] as const) {
  test(`gives ${regionName} of ${country} the code ${region === '' ? 'of nothing' : region}`, () => {
    const { divisions } = openLayer('place', files.place).tables;
    const found = divisions.filter((each) => each.country === country && each.regionName === regionName);
    assert.deepEqual(
      found.map((each) => each.region),
      [region],
    );
  });
}

test('other data take over between two lookups, and what was taken before goes on', async () => {
  const holder = createAddressDataHolder(data);
  const kept = holder.current;
  const empty = await layerOf('place', []);
  holder.swap(openAddressData({ ...files, place: empty }));
  assert.equal(holder.current.place(parseAddress('8.8.8.8')!), undefined);
  assert.equal(kept.place(parseAddress('8.8.8.8')!)?.country, 'US');
  assert.equal(holder.current.network(parseAddress('8.8.8.8')!)?.asn, 15169);
});
