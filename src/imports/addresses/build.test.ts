/** Layers as imports make them, up to what is said against them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { writeLayer } from '../../../gazetteer/visitor/addresses/write-layer.ts';
import { TEST_META } from '../../../test/support/address-layers.ts';
import { parseAddress } from '../../services/visitor/addresses/address.ts';
import type { PlaceOfAddress } from '../../services/visitor/addresses/facts.ts';
import { loadLayerFile } from '../../services/visitor/addresses/layer-file.ts';
import { openLayer } from '../../services/visitor/addresses/layer-format.ts';
import { createPlaces } from '../../services/visitor/addresses/places.ts';
import { createRangeFinder } from '../../services/visitor/addresses/range-finder.ts';
import { buildKinds } from './build-kinds.ts';
import { buildLayer } from './build-layer.ts';
import type { AddressInput, BuiltLayer } from './built-layer.ts';
import { reasonAgainst } from './checks.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-build-'));
after(() => rmSync(folder, { recursive: true }));

const TOOLS = { signal: new AbortController().signal, report: (): void => undefined };
const NOW = Date.parse('2026-11-22T12:00:00Z');
const STRICT = { allowOlder: false, anyway: false };

const put = (name: string, content: string): AddressInput => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, name, changedAt: '2026-11-22' };
};

let stamps = 0;
const build = async (
  ...inputs: AddressInput[]
): Promise<{ built: BuiltLayer; placeOf: (text: string) => PlaceOfAddress | undefined }> => {
  const built = await buildLayer(
    {
      what: 'layer',
      inputs,
      layer: undefined,
      format: undefined,
      date: undefined,
      credit: undefined,
      folder,
      stamp: String(++stamps),
    },
    TOOLS,
  );
  const layer = openLayer('place', await loadLayerFile('place', join(folder, built.file)));
  const find = createRangeFinder(layer.sections);
  const places = createPlaces(layer);
  return {
    built,
    placeOf: (text) => {
      const record = find(parseAddress(text)!);
      return record === 0 ? undefined : places(record);
    },
  };
};

const MAPPED = 0xffffn << 32n;
const SIX = 0x2a00n << 112n;

/** IP2Location's two files; that of IPv6 says all of IPv4 again, as mapped addresses. */
const ip2location = (codeInSix: (code: string) => string): [AddressInput, AddressInput] => {
  let four = '"0","16777215","-","-"\n';
  let six = `"0","${MAPPED - 1n}","-","-"\n"${MAPPED}","${MAPPED + 16_777_215n}","-","-"\n`;
  for (let row = 0n; row < 100n; row++) {
    const at = 16_777_216n + row * 256n;
    const code = row % 2n === 0n ? 'CN' : 'AU';
    four += `"${at}","${at + 255n}","${code}","A name"\n`;
    six += `"${MAPPED + at}","${MAPPED + at + 255n}","${codeInSix(code)}","A name"\n`;
  }
  for (let row = 0n; row < 100n; row++) {
    const at = SIX + (row << 96n);
    six += `"${at}","${at + (1n << 96n) - 1n}","DE","Germany"\n`;
  }
  return [put('IP2LOCATION-LITE-DB1.CSV', four), put('IP2LOCATION-LITE-DB1.IPV6.CSV', six)];
};

describe('layers of tables', () => {
  it('are taken from both files of IP2Location, of which the second says all of IPv4 again', async () => {
    const { built, placeOf } = await build(...ip2location((code) => code));
    assert.equal(built.overlaps, 0);
    assert.equal(reasonAgainst(built, undefined, NOW, STRICT), undefined);
    assert.deepEqual(
      [placeOf('1.0.0.1'), placeOf('1.0.1.255'), placeOf('2a00::1')],
      [{ country: 'CN' }, { country: 'AU' }, { country: 'DE' }],
    );
    const { placeOf: later } = await build(...ip2location(() => 'NZ'));
    assert.deepEqual(later('1.0.0.1'), { country: 'NZ' });
  });

  it('of which ranges lie within others are counted, and the narrowest holds', async () => {
    const { built, placeOf } = await build(
      put('nested.csv', '5.0.0.0,5.0.255.255,AT\n5.0.1.0,5.0.1.255,DE\n5.1.0.0,5.1.0.255,FR\n'),
    );
    assert.equal(built.overlaps, 1);
    assert.match(reasonAgainst(built, undefined, NOW, STRICT) ?? '', /overlap/u);
    assert.deepEqual(
      ['5.0.0.9', '5.0.1.9', '5.0.2.9', '5.1.0.9'].map((text) => placeOf(text)?.country),
      ['AT', 'DE', 'AT', 'FR'],
    );
  });

  it('name DB-IP for its table of cities, which begins with rows that say nothing', async () => {
    const { built, placeOf } = await build(
      put(
        'cities.csv',
        '0.0.0.0,0.255.255.255,ZZ,ZZ,,,0,0\n1.0.1.0,1.0.3.255,AS,CN,Fujian,Wenquan,26.0998,119.297\n5.9.0.0,5.9.1.255,EU,DE,Bavaria,Nuremberg,49.4478,11.0683\n',
      ),
    );
    assert.equal(built.origin, 'DB-IP');
    assert.deepEqual(
      [placeOf('0.0.0.1'), placeOf('1.0.1.1')?.country, placeOf('5.9.0.1')?.country],
      [undefined, 'CN', 'DE'],
    );
  });
});

describe('kinds made of what is shipped and of a list', () => {
  const shipped = join(folder, 'shipped.idx');
  const buildList = async (content: string): Promise<BuiltLayer> => {
    const rows = Array.from({ length: 50 }, (_, at) => ({
      first: parseAddress(`5.${at}.0.0`)!,
      last: parseAddress(`5.${at}.0.255`)!,
      kinds: [at % 5 === 0 ? ('vpn' as const) : ('hosting' as const)],
    }));
    await writeLayer('kinds', rows, TEST_META, shipped);
    return buildKinds(
      {
        what: 'kinds',
        list: { kind: 'hosting', inputs: [put('hosting.txt', content)] },
        kept: [],
        shipped,
        date: undefined,
        credit: undefined,
        folder,
        stamp: String(++stamps),
      },
      TOOLS,
    );
  };

  it('say what the list is judged by: what it stands for, and how much it covers', async () => {
    const { v4, v6, ofKind } = await buildList('64.0.0.0/2\n96.0.0.0/4\n2000::/4\n');
    assert.deepEqual([v4, v6], [2, 1]);
    assert.deepEqual(ofKind, { shippedRanges: 40, shareOfV4: 0.25, shareOfV6: 0.5 });
    const comments = await buildList('# too many requests\n');
    assert.deepEqual([comments.v4, comments.ofKind?.shareOfV4], [0, 0]);
  });
});
