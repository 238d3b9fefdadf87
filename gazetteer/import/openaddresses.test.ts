import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import type { ImportedFeature } from './feature.ts';
import { openOpenAddresses, type OpenAddressesOptions } from './openaddresses.ts';

const folder = mkdtempSync(join(tmpdir(), 'addresses-'));
after(() => rmSync(folder, { recursive: true }));

const HEADER = 'LON,LAT,NUMBER,STREET,UNIT,CITY,DISTRICT,REGION,POSTCODE,ID,HASH';
const ROW = '-97.7431,30.2672,1100,"CONGRESS AVE",,Austin,,TX,78701,,abc';
const feature = (number: string, coordinates: unknown = [-97.7431, 30.2672]): string =>
  JSON.stringify({
    type: 'Feature',
    properties: {
      hash: 'a',
      number,
      street: 'CONGRESS AVE',
      unit: '',
      city: 'Austin',
      district: '',
      region: 'TX',
      postcode: '78701',
      id: '',
    },
    geometry: { type: 'Point', coordinates },
  });

const save = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};

const readAll = async (path: string | readonly string[], options?: OpenAddressesOptions) => {
  const source = openOpenAddresses(typeof path === 'string' ? [path] : path, options);
  const features: ImportedFeature[] = [];
  for await (const batch of source.features({})) features.push(...batch);
  return { features, skips: source.skips };
};

const refused = (message: RegExp) => ({ name: 'ImportError', message });

const austin = {
  kind: 'house',
  lat: 302672000,
  lng: -977431000,
  number: '1100',
  street: 'CONGRESS AVE',
  postcode: '78701',
  city: 'Austin',
  state: 'TX',
  country: 'US',
};

test('reads a table of either generation, plain, gzipped and zipped', async () => {
  const table = `\ufeff${HEADER}\r\n${ROW}\r\n`;
  const lines = `${feature('1100')}\n`;
  const zip = zipSync({
    'us/tx/travis.csv': Buffer.from(table),
    'us/tx/travis.vrt': Buffer.from('<vrt/>'),
    'summary/us/tx/travis-summary.csv': Buffer.from('count,amount\n1,2\n'),
    'README.txt': Buffer.from('about'),
    'us/tx/travis-parcels-county.geojson': Buffer.from('{}'),
  });
  deepEqual((await readAll(save('us/tx/a.csv', table))).features, [austin]);
  deepEqual((await readAll(save('us/tx/a.csv.gz', gzipSync(table)))).features, [austin]);
  deepEqual((await readAll(save('us/tx/a.geojson', lines))).features, [austin]);
  deepEqual((await readAll(save('a.geojson.gz', gzipSync(lines)), { country: 'US' })).features, [austin]);
  deepEqual((await readAll(save('collection.zip', zip))).features, [austin]);
});

test('takes country and state from the path, where rows do not say them', async () => {
  const rows = `LON,LAT,NUMBER,STREET\n2.35,48.85,1,Rue de Rivoli\n`;
  const zip = save(
    'world.zip',
    zipSync({
      'fr/countrywide.csv': Buffer.from(rows),
      'au/nsw/x.csv': Buffer.from(rows),
      'x.csv': Buffer.from(rows),
    }),
  );
  const { features } = await readAll(zip);
  deepEqual(
    features.map((one) => (one.kind === 'house' ? [one.country, one.state] : [])),
    [
      ['FR', undefined],
      ['AU', 'NSW'],
      [undefined, undefined],
    ],
  );
  throws(() => openOpenAddresses([zip], { country: 'us' }), RangeError);
  throws(() => openOpenAddresses([zip], { country: 'QX' }), RangeError);
});

test('reads quotes, commas, empty lines and flats as what they are', async () => {
  const { features } = await readAll(
    save(
      'quotes.csv',
      [
        'lon,lat,number,street,unit',
        '1.5,2.5,"1, rear","The ""Old"" Road",',
        '',
        '1.5,2.5,2,Weg,1',
        '1.5,2.5,2,Weg,2',
        '1.5,2.5,2,Weg,3',
        '1.6,2.5,2,Weg,',
      ].join('\n'),
    ),
  );
  deepEqual(
    features.map((one) => one.kind === 'house' && [one.number, one.street]),
    [
      ['1, rear', 'The "Old" Road'],
      ['2', 'Weg'],
      ['2', 'Weg'],
    ],
  );
});

test('counts absurd coordinates and other damage with their lines, and goes on', async () => {
  const rows = Array.from({ length: 300 }, (_, at) => `1${at % 10}.5,45.${at},${at + 1},Weg`);
  rows[9] = '0,0,1,Weg';
  rows[19] = '45,120,1,Weg';
  rows[29] = '181,1,1,Weg';
  rows[39] = 'east,north,1,Weg';
  rows[49] = '1,2,3';
  rows[59] = '1.5,2.5,7,Stra\ufffdse';
  rows[69] = '1.5,2.5,,Weg';
  rows[79] = '1.5,2.5,7,';
  rows[89] = 'Infinity,NaN,7,Weg';
  const { features, skips } = await readAll(save('bad.csv', `LON,LAT,NUMBER,STREET\n${rows.join('\n')}`));
  equal(features.length, 291);
  deepEqual(Object.fromEntries(skips.reasons), {
    'a coordinate is 0,0': 1,
    'latitude and longitude are swapped': 1,
    'a coordinate is outside of the world': 1,
    'a coordinate is no number': 2,
    'a row has another number of columns': 1,
    'a row is not in UTF-8': 1,
    'a row has no house number': 1,
    'a row has no street': 1,
  });
  match(skips.first[0] ?? '', /bad\.csv, line 11: a coordinate is 0,0$/u);
  equal(skips.total, 9);
});

test('stops a table of which more than five in a hundred rows are wrong', async () => {
  const rows = Array.from({ length: 100 }, (_, at) => (at < 6 ? '0,0,1,Weg' : `1,2,${at},Weg`));
  const path = save('wrong.csv', `LON,LAT,NUMBER,STREET\n${rows.join('\n')}`);
  await rejects(
    readAll(path),
    refused(/6 of 100 rows so far are wrong \(.*line 2: a coordinate is 0,0.*check that it is/u),
  );
  rows[0] = '1,2,3,Weg';
  equal(
    (await readAll(save('bearable.csv', `LON,LAT,NUMBER,STREET\n${rows.join('\n')}`))).features.length,
    95,
  );
});

test('counts bytes that are no UTF-8', async () => {
  const latin = Buffer.from(`LON,LAT,NUMBER,STREET\n${'1,2,3,Stra\u00dfe\n'.repeat(3)}`, 'latin1');
  await rejects(readAll(save('latin.csv', latin)), refused(/3 of 3 rows so far are wrong .*not in UTF-8/u));
  const wide = Buffer.from(`\ufeffLON,LAT,NUMBER,STREET\n1,2,3,Weg`, 'utf16le');
  await rejects(readAll(save('wide.csv', wide)), refused(/byte 0: it is in UTF-16; write it in UTF-8/u));
});

test('refuses other tables by the column that they lack', async () => {
  await rejects(readAll(save('other.csv', 'id,name\n1,x\n')), refused(/line 1, LON: it has no such column/u));
  await rejects(
    readAll(save('wide2.csv', `${'a,'.repeat(70)}b\n`)),
    refused(/line 1: it has more than 64 columns/u),
  );
  await rejects(readAll(save('spaces.csv', '  \n\n')), refused(/line/u));
  await rejects(readAll(save('noise.csv', Buffer.alloc(50_000, 0x80))), refused(/too long|no such column/u));
});

test('names the line of a quotation mark that is not closed, and of a line without end', async () => {
  const plain = '1,2,3,Weg\n';
  const open = `LON,LAT,NUMBER,STREET\n${plain.repeat(9)}1,2,3,"Weg\n${plain.repeat(3000)}`;
  await rejects(readAll(save('quote.csv', open)), refused(/line \d+: a (?:row is too long|quotation mark)/u));
  await rejects(
    readAll(save('endless.csv', `${HEADER}\n${'x'.repeat(100_000)}`)),
    refused(/line 2: a row is too long/u),
  );
  const closed = `${HEADER}\n${`${ROW}\n`.repeat(30)}1,2,3,"Weg\n${`${ROW}\n`.repeat(30)}`;
  equal((await readAll(save('closed.csv', closed))).skips.reasons.get('a quotation mark is not closed'), 1);
  await rejects(
    readAll(save('endless.geojson', `${feature('1')}\n{"a":"${'x'.repeat(100_000)}`)),
    refused(/line 2: a line has more than 65536 bytes/u),
  );
});

test('counts lines that are no features, and refuses a collection in one piece', async () => {
  const lines = Array.from({ length: 200 }, (_, at) => feature(String(at + 1), [9 + at / 1000, 47]));
  lines[4] = '{"type":';
  lines[5] = 'null';
  lines[6] = feature('7', null);
  lines[7] = feature('8', [{}, []]);
  lines[8] = '{"__proto__":{"properties":1}}';
  const { features, skips } = await readAll(save('bad.geojson', lines.join('\r\n')));
  equal(features.length, 195);
  equal(skips.total, 5);
  match(skips.first[0] ?? '', /bad\.geojson, line 5: a line is no JSON$/u);
  await rejects(
    readAll(save('one.geojson', '{"type":"FeatureCollection","features":[]}')),
    refused(/line 1: it is one collection; write one feature on each line/u),
  );
});

test('goes through several files, says how far it is, and stops with the signal’s reason', async () => {
  const rows = (from: number) =>
    Array.from({ length: 5000 }, (_, at) => `1,2.${at},${from + at},Weg`).join('\n');
  const paths = [1, 5001].map((from) => save(`part-${from}.csv`, `LON,LAT,NUMBER,STREET\n${rows(from)}`));
  equal((await readAll(paths)).features.length, 10_000);
  const shares: number[] = [];
  for await (const batch of openOpenAddresses(paths).features({ report: ({ share }) => shares.push(share) }))
    ok(batch.length > 0);
  equal(shares.at(-1), 1);
  deepEqual(
    shares,
    shares.toSorted((a, b) => a - b),
  );
  const stop = new AbortController();
  const reading = async (): Promise<void> => {
    for await (const batch of openOpenAddresses(paths).features({ signal: stop.signal })) {
      ok(batch.length > 0);
      stop.abort(new Error('enough'));
    }
  };
  await rejects(reading(), /enough/u);
});

test('ends with a message whatever the bytes are', async () => {
  let state = 99;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const table = Buffer.from(`${HEADER}\n${`${ROW}\n`.repeat(40)}`);
  const lines = Buffer.from(`${feature('1')}\n`.repeat(40));
  for (let round = 0; round < 200; round += 1) {
    const damaged = Buffer.from(round % 2 === 0 ? table : lines);
    for (let count = 1 + next(20); count > 0; count -= 1) damaged[next(damaged.length)] = next(256);
    try {
      const { features } = await readAll(save('fuzz', damaged));
      for (const one of features) ok(one.kind === 'house' && one.number !== '' && Math.abs(one.lat) <= 9e8);
    } catch (error) {
      ok(error instanceof Error && error.name === 'ImportError', String(error));
    }
  }
});
