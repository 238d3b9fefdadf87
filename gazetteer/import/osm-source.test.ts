import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { drawMap, type MapSketch } from '../../test/support/osm-file.ts';
import type { ImportedFeature } from './feature.ts';
import { openOsm } from './osm-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'osm-'));
after(() => rmSync(folder, { recursive: true }));

const fixture = join(import.meta.dirname, '../fixtures/liechtenstein.osm.pbf');
let files = 0;

const work = (): string => mkdtempSync(join(folder, 'work-'));

const save = (sketch: MapSketch): string => {
  files += 1;
  const path = join(folder, `map-${files}.osm.pbf`);
  writeFileSync(path, Buffer.concat(drawMap(sketch)));
  return path;
};

const readAll = async (path: string, options: { interpolate?: boolean; work?: string } = {}) => {
  const source = openOsm(path, { work: work(), ...options });
  const features: ImportedFeature[] = [];
  for await (const batch of source.features({})) features.push(...batch);
  return { features, skips: source.skips };
};

const square = (id: number, lat: number, lng: number, size: number) => [
  { id, lat, lng },
  { id: id + 1, lat, lng: lng + size },
  { id: id + 2, lat: lat + size, lng: lng + size },
  { id: id + 3, lat: lat + size, lng },
];

test('reads the extract of Liechtenstein with the counts that a second program finds in it', async () => {
  const { features, skips } = await readAll(fixture);
  const of = <Kind extends ImportedFeature['kind']>(kind: Kind) =>
    features.filter((feature): feature is Extract<ImportedFeature, { kind: Kind }> => feature.kind === kind);
  const streets = of('street');
  equal(streets.filter(({ name }) => name !== undefined).length, 1213);
  equal(new Set(streets.map(({ name }) => name)).size, 734);
  equal(of('house').length, 198);
  equal(of('place').length, 20);
  const areas = of('area');
  deepEqual(
    areas
      .filter(({ level }) => level === 8)
      .map(({ name }) => name)
      .sort(),
    [
      'Balzers',
      'Eschen',
      'Gamprin',
      'Mauren',
      'Planken',
      'Ruggell',
      'Schaan',
      'Schellenberg',
      'Triesen',
      'Triesenberg',
      'Vaduz',
    ],
  );
  equal(areas.find(({ level }) => level === 2)?.iso, 'LI');
  deepEqual([...skips.reasons], [['a border leaves the file', 22]]);
  const house = of('house').find(({ number, street }) => number === '43' && street === 'Städtle');
  deepEqual(house, {
    kind: 'house',
    lat: 471381654,
    lng: 95227332,
    number: '43',
    street: 'Städtle',
    postcode: '9490',
    city: 'Vaduz',
    country: 'LI',
  });
  for (const feature of features)
    if ('lat' in feature)
      ok(feature.lat > 469e6 && feature.lat < 474e6 && feature.lng > 93e6 && feature.lng < 98e6);
});

test('reads zlib, raw and zstd blobs and nodes that stand alone alike', async () => {
  const sketch: MapSketch = {
    nodes: [
      { id: 1, lat: 47.1, lng: 9.5 },
      { id: 2, lat: 47.2, lng: -9.6, tags: { 'addr:housenumber': '7a', 'addr:street': 'Gasse' } },
    ],
    ways: [
      {
        id: 5,
        refs: [1, 2],
        tags: { highway: 'residential', name: 'Gasse', maxspeed: '30 mph', oneway: '-1' },
      },
    ],
  };
  const expected = [
    { kind: 'house', lat: 472000000, lng: -96000000, number: '7a', street: 'Gasse' },
    {
      kind: 'street',
      name: 'Gasse',
      roadType: 'residential',
      line: Int32Array.of(471000000, 95000000, 472000000, -96000000),
      road: { oneway: true, maxspeed: 48 },
    },
  ];
  for (const packing of ['zlib', 'raw', 'zstd'] as const)
    deepEqual((await readAll(save({ ...sketch, packing }))).features, expected);
  deepEqual((await readAll(save({ ...sketch, plainNodes: true }))).features, expected);
});

test('says what to do about a packing that is not read here', async () => {
  const path = save({ nodes: [{ id: 1, lat: 1, lng: 1 }], packing: 'lz4' });
  await rejects(readAll(path), { name: 'ImportError', message: /packed by lz4.*osmium cat/u });
});

test('refuses a file with history, and one that is packed once more', async () => {
  const nodes = [{ id: 1, lat: 1, lng: 1 }];
  const history = save({ nodes, required: ['OsmSchema-V0.6', 'HistoricalInformation'] });
  await rejects(readAll(history), { name: 'ImportError', message: /old versions.*osmium time-filter/u });
  const zip = join(folder, 'map.zip');
  writeFileSync(zip, 'PK\u0003\u0004');
  await rejects(readAll(zip), { name: 'ImportError', message: /packed once more; unpack it/u });
});

test('refuses nodes that are not sorted', async () => {
  const path = save({
    nodes: [
      { id: 2, lat: 1, lng: 1 },
      { id: 1, lat: 1, lng: 1 },
    ],
    ways: [{ id: 1, refs: [1, 2], tags: { highway: 'path', name: 'Weg' } }],
  });
  await rejects(readAll(path), {
    name: 'ImportError',
    message: /not sorted \(1 follows 2\); sort it with: osmium sort/u,
  });
});

test('refuses a file without ways and says at which byte it ends', async () => {
  const path = save({ nodes: [{ id: 1, lat: 1, lng: 1 }] });
  await rejects(readAll(path), { name: 'ImportError', message: /byte \d+: it holds no ways/u });
});

test('makes an area of a border in several ways and a hole, and skips one that is not closed', async () => {
  const border = {
    type: 'boundary',
    boundary: 'administrative',
    admin_level: '8',
    name: 'Aldorf',
    'name:fr': 'Alville',
  };
  const { features, skips } = await readAll(
    save({
      nodes: [...square(1, 10, 10, 1), ...square(5, 10.4, 10.4, 0.1), ...square(9, 20, 20, 1)],
      ways: [
        { id: 1, refs: [1, 2, 3] },
        { id: 2, refs: [1, 4, 3] },
        { id: 3, refs: [5, 6, 7, 8, 5] },
        { id: 4, refs: [9, 10, 11] },
      ],
      relations: [
        {
          id: 1,
          tags: border,
          members: [
            { kind: 'way', id: 1, role: 'outer' },
            { kind: 'way', id: 2, role: 'outer' },
            { kind: 'way', id: 3, role: 'inner' },
            { kind: 'node', id: 5, role: 'admin_centre' },
          ],
        },
        { id: 2, tags: { ...border, name: 'Offen' }, members: [{ kind: 'way', id: 4, role: 'outer' }] },
        { id: 3, tags: { ...border, name: 'Fort' }, members: [{ kind: 'way', id: 99, role: 'outer' }] },
      ],
    }),
  );
  equal(features.length, 1);
  const [area] = features;
  ok(area?.kind === 'area');
  equal(area.name, 'Aldorf');
  deepEqual(area.names, { fr: 'Alville' });
  deepEqual(
    area.rings.map((rings) => rings.map(({ length }) => length / 2)),
    [[5, 5]],
  );
  deepEqual(Object.fromEntries(skips.reasons), {
    'a border is not closed': 1,
    'a border leaves the file': 1,
  });
  match(skips.first[0] ?? '', /relation 2: a border is not closed/u);
});

test('takes the street of a house from the relation that has it, and postcodes from their areas', async () => {
  const { features } = await readAll(
    save({
      nodes: [...square(1, 1, 1, 0.1), { id: 9, lat: 1, lng: 1, tags: { 'addr:housenumber': '3;5' } }],
      ways: [{ id: 1, refs: [1, 2, 3, 4, 1], tags: { building: 'yes', 'addr:housenumber': '4' } }],
      relations: [
        {
          id: 1,
          tags: { type: 'associatedStreet', name: 'Ring' },
          members: [
            { kind: 'way', id: 1, role: 'house' },
            { kind: 'node', id: 9, role: 'house' },
          ],
        },
        {
          id: 2,
          tags: { type: 'boundary', boundary: 'postal_code', postal_code: '9490' },
          members: [{ kind: 'way', id: 1, role: 'outer' }],
        },
      ],
    }),
  );
  deepEqual(
    features.map((feature) => (feature.kind === 'house' ? [feature.number, feature.street] : [feature.kind])),
    [['3', 'Ring'], ['5', 'Ring'], ['4', 'Ring'], ['area']],
  );
  const area = features.at(-1);
  ok(area?.kind === 'area');
  deepEqual([area.level, area.postcode], [0, '9490']);
});

test('makes up house numbers on lines only where it is asked to', async () => {
  const path = save({
    nodes: [
      { id: 1, lat: 0, lng: 1, tags: { 'addr:housenumber': '2', 'addr:street': 'Allee' } },
      { id: 2, lat: 0, lng: 1.3 },
      { id: 3, lat: 0, lng: 1.4, tags: { 'addr:housenumber': '10', 'addr:street': 'Allee' } },
    ],
    ways: [{ id: 1, refs: [1, 2, 3], tags: { 'addr:interpolation': 'even' } }],
  });
  const numbers = (features: readonly ImportedFeature[]) =>
    features.map((feature) =>
      feature.kind === 'house' ? `${feature.number} ${feature.lng / 1e7}` : feature.kind,
    );
  deepEqual(numbers((await readAll(path)).features), ['2 1', '10 1.4']);
  deepEqual(numbers((await readAll(path, { interpolate: true })).features), [
    '2 1',
    '10 1.4',
    '4 1.1',
    '6 1.2',
    '8 1.3',
  ]);
});

test('skips and counts nodes at impossible coordinates and streets without nodes', async () => {
  const { features, skips } = await readAll(
    save({
      nodes: [
        { id: 1, lat: 91, lng: 1, tags: { place: 'town', name: 'Nirgends' } },
        { id: 2, lat: 1, lng: -180.5, tags: { place: 'town', name: 'Jenseits' } },
        { id: 3, lat: -90, lng: 180, tags: { place: 'town', name: 'Ecke' } },
      ],
      ways: [{ id: 7, refs: [1, 3, 77], tags: { highway: 'path', name: 'Weg' } }],
    }),
  );
  deepEqual(
    features.map((feature) => feature.kind === 'place' && feature.name),
    ['Ecke'],
  );
  equal(skips.reasons.get('a node has impossible coordinates'), 2);
  equal(skips.reasons.get('the nodes of a way are not in the file'), 1);
});

test('gives the same features when it is read again from what a killed import left', async () => {
  const kept = work();
  const half = openOsm(fixture, { work: kept });
  let read = 0;
  for await (const batch of half.features({})) {
    read += batch.length;
    if (batch.some(({ kind }) => kind === 'street')) break;
  }
  ok(existsSync(join(kept, 'osm-state.json')));
  const stages = new Set<string>();
  const again = openOsm(fixture, { work: kept });
  const features: ImportedFeature[] = [];
  for await (const batch of again.features({ report: ({ stage }) => stages.add(stage) }))
    features.push(...batch);
  equal(stages.has('finding the nodes of streets and borders'), false);
  ok(features.length > read);
  const whole = await readAll(fixture);
  const inOrder = (list: readonly ImportedFeature[]) => list.map((feature) => JSON.stringify(feature)).sort();
  deepEqual(inOrder(features), inOrder(whole.features));
});

test('begins at the beginning when what was left is damaged or of another file', async () => {
  const kept = work();
  await readAll(fixture, { work: kept });
  writeFileSync(join(kept, 'nodes.bin'), 'half of it');
  equal((await readAll(fixture, { work: kept })).features.length, 2101);
  writeFileSync(join(kept, 'osm-state.json'), '{"version":1');
  equal((await readAll(fixture, { work: kept })).features.length, 2101);
});

test('says how far it is, never backwards, and stops with the signal’s reason', async () => {
  const shares: number[] = [];
  for await (const batch of openOsm(fixture, { work: work() }).features({
    report: ({ share }) => shares.push(share),
  }))
    ok(batch.length > 0);
  equal(shares.at(-1), 1);
  deepEqual(
    shares,
    shares.toSorted((a, b) => a - b),
  );
  const stop = new AbortController();
  const reading = async (): Promise<void> => {
    for await (const batch of openOsm(fixture, { work: work() }).features({ signal: stop.signal })) {
      ok(batch.length > 0);
      stop.abort(new Error('enough'));
    }
  };
  await rejects(reading(), /enough/u);
});

test('notices a file that grows while it is read', async () => {
  const path = join(folder, 'growing.osm.pbf');
  writeFileSync(path, readFileSync(fixture));
  const reading = async (): Promise<void> => {
    let isFirst = true;
    for await (const batch of openOsm(path, { work: work() }).features({})) {
      ok(batch.length > 0);
      if (isFirst) appendFileSync(path, 'more');
      isFirst = false;
    }
  };
  await rejects(reading(), { name: 'ImportError', message: /became longer while it was read/u });
});
