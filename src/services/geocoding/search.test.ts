import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import { COUNTY, DEGREE, POSTCODE } from './entity.ts';
import type { EntityView, Gazetteer } from './gazetteer.ts';
import type { ForwardQuery } from './request.ts';

let gazetteer: Gazetteer;
before(async () => {
  gazetteer = await openTestGazetteer();
});

const find = (text: string, options: Partial<ForwardQuery> = {}): EntityView[] =>
  gazetteer.forward({ text, limit: 10, ...options }).map((id) => gazetteer.entity(id));

const first = (text: string, options: Partial<ForwardQuery> = {}): string => {
  const entity = find(text, options)[0];
  return entity === undefined
    ? 'nothing'
    : `${entity.type} ${entity.name}, ${entity.state ?? '-'}, ${entity.country}`;
};

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Paris', 'city Paris, Île-de-France, FR'],
  ['Paris, Texas', 'town Paris, Texas, US'],
  ['Paris, TX', 'town Paris, Texas, US'],
  ['Paris Texas', 'town Paris, Texas, US'],
  ['paris tx usa', 'town Paris, Texas, US'],
  ['Texas Paris', 'town Paris, Texas, US'],
  ['Paris, France', 'city Paris, Île-de-France, FR'],
  ['Paris, Frankreich', 'city Paris, Île-de-France, FR'],
  ['München', 'city Munich, Bavaria, DE'],
  ['munchen', 'city Munich, Bavaria, DE'],
  ['muenchen', 'city Munich, Bavaria, DE'],
  ['Muenchen', 'city Munich, Bavaria, DE'],
  ['Koeln', 'city Köln, North Rhine-Westphalia, DE'],
  ['Cologne', 'city Köln, North Rhine-Westphalia, DE'],
  ['San José, CR', 'city San José, San José, CR'],
  ['San Jose, Costa Rica', 'city San José, San José, CR'],
  ['San Jose Costa Rica', 'city San José, San José, CR'],
  ['San Jose, CA', 'city San Jose, California, US'],
  ['Springfield, Illinois, USA', 'city Springfield, Illinois, US'],
  ['12 Main Street, Springfield, Illinois, USA', 'city Springfield, Illinois, US'],
  ['Springfield, IL 62701', 'city Springfield, Illinois, US'],
  ['10115 Berlin', 'city Berlin, State of Berlin, DE'],
  ['Kreuzberg, Berlin', 'suburb Kreuzberg, State of Berlin, DE'],
  ['Deutschland', 'country Germany, -, DE'],
  ['Alemania', 'country Germany, -, DE'],
  ['ドイツ', 'country Germany, -, DE'],
  ['USA', 'country United States, -, US'],
  ['U.S.A.', 'country United States, -, US'],
  ['Texas', 'state Texas, Texas, US'],
  ['TX', 'state Texas, Texas, US'],
  ['Travis County', 'county Travis County, Texas, US'],
  ['北京', 'city Beijing, Beijing, CN'],
  ['Москва', 'city Moscow, Moscow, RU'],
  ['القاهرة', 'city Cairo, Cairo, EG'],
  ['St. Louis', 'city St. Louis, Missouri, US'],
  ['St Louis, MO', 'city St. Louis, Missouri, US'],
  ['Saint Louis, Missouri', 'city St. Louis, Missouri, US'],
  ['London, Ontario', 'city London, Ontario, CA'],
  ['New York', 'city New York City, New York, US'],
  ['Île-de-France', 'state Île-de-France, Île-de-France, FR'],
  ['Washington, D.C.', 'city Washington, District of Columbia, US'],
  ['Frankfurt (Oder)', 'town Frankfurt (Oder), Brandenburg, DE'],
  ['Frankfurt/Oder', 'town Frankfurt (Oder), Brandenburg, DE'],
  ['Frankfurt/Main', 'city Frankfurt am Main, Hesse, DE'],
  ['Frankfurt a.M.', 'city Frankfurt am Main, Hesse, DE'],
  ['Frankfurt a. M.', 'city Frankfurt am Main, Hesse, DE'],
  ['Freiburg i. Br.', 'city Freiburg, Baden-Wurttemberg, DE'],
  ['Rothenburg o.d.T.', 'town Rothenburg ob der Tauber, Bavaria, DE'],
  ['Landsberg/Lech', 'town Landsberg am Lech, Bavaria, DE'],
  ['München, Bayern', 'city Munich, Bavaria, DE'],
  ['Köln, NRW', 'city Köln, North Rhine-Westphalia, DE'],
  ['Rio de Janeiro, RJ', 'city Rio de Janeiro, Rio de Janeiro, BR'],
  ['NYC', 'city New York City, New York, US'],
  ['Mt Vernon, NY', 'town Mount Vernon, New York, US'],
  ['Ft. Lauderdale, FL', 'city Fort Lauderdale, Florida, US'],
  ['N. Las Vegas', 'city North Las Vegas, Nevada, US'],
  ['E. St. Louis', 'town East Saint Louis, Illinois, US'],
  ['Nashville, Tenn.', 'city Nashville, Tennessee, US'],
  ['Boston, Mass.', 'city Boston, Massachusetts, US'],
  ['Germany, Berlin', 'city Berlin, State of Berlin, DE'],
  ['USA, Texas, Paris', 'town Paris, Texas, US'],
  ['State of Texas', 'state Texas, Texas, US'],
  ['Freistaat Bayern', 'state Bavaria, Bavaria, DE'],
  ['City of Chicago', 'city Chicago, Illinois, US'],
  ['Comune di Roma', 'city Rome, Lazio, IT'],
  ['Stadt Köln', 'city Köln, North Rhine-Westphalia, DE'],
  ['Geneva', 'city Genève, Geneva, CH'],
  ['Breslau', 'city Wrocław, Lower Silesia, PL'],
  ['Bombay', 'city Mumbai, Maharashtra, IN'],
  ['Łódź', 'city Łódź, Łódź Voivodeship, PL'],
  ['Lodz', 'city Łódź, Łódź Voivodeship, PL'],
  ['Αθήνα', 'city Athens, Attica, GR'],
  ['Texas, Paris', 'town Paris, Texas, US'],
  ['Baden-Württemberg, Weissach', 'town Weissach, Baden-Wurttemberg, DE'],
  ['Illinois, USA, Springfield', 'city Springfield, Illinois, US'],
  ['City of Socorro, NM', 'town Socorro, New Mexico, US'],
  ['City of Austin, United States', 'city Austin, Texas, US'],
  ['Cook Co., IL', 'county Cook County, Illinois, US'],
  ['Berlin, Germany, Europe', 'city Berlin, State of Berlin, DE'],
  ['Pretoria, South Africa', 'city Pretoria, Gauteng, ZA'],
  ['Weiden in der Oberpfalz', 'town Weiden, Bavaria, DE'],
  ['Frankenthal (Pfalz)', 'town Frankenthal, Rheinland-Pfalz, DE'],
  ['Cottbus - Chóśebuz', 'town Cottbus, Brandenburg, DE'],
  ['Bozen/Bolzano', 'city Bolzano, Trentino-Alto Adige, IT'],
  ['Beuthen O.S.', 'city Bytom, Silesia, PL'],
  ['Gorzów Wlkp.', 'city Gorzów Wielkopolski, Lubusz, PL'],
  ['Ústí n. L.', 'city Ústí nad Labem, Ústí nad Labem Region, CZ'],
  ['Burton on Trent', 'city Burton upon Trent, England, GB'],
  ['Alphen a/d Rijn', 'town Alphen aan den Rijn, South Holland, NL'],
  ['Cd. Juárez', 'city Ciudad Juárez, Chihuahua, MX'],
  ['Sta. Cruz, Tenerife', 'city Santa Cruz de Tenerife, Canary Islands, ES'],
  ['Steamboat Spgs, CO', 'town Steamboat Springs, Colorado, US'],
  ['Gr. Gerau', 'town Groß-Gerau, Hesse, DE'],
  ['South Georgia and the South Sandwich Islands', 'country South Georgia & South Sandwich Islands, -, GS'],
  ['10 Downing Street London', 'city London, England, GB'],
  ['Clayallee 170 14191 Berlin', 'city Berlin, State of Berlin, DE'],
  ['490 Sussex Drive Ottawa K1N 1G8', 'city Ottawa, Ontario, CA'],
  ['553 s main st red lion pa usa', 'town Red Lion, Pennsylvania, US'],
  ['75001 Paris', 'city Paris, Île-de-France, FR'],
  ['Paris 75001, France', 'city Paris, Île-de-France, FR'],
  ['Potsdam, Berlin', 'city Potsdam, Brandenburg, DE'],
];

for (const [text, answer] of EXAMPLES) {
  test(`finds ${answer} for "${text}"`, () => {
    assert.equal(first(text), answer);
  });
}

test('finds both Georgias, the country first', () => {
  const kinds = find('Georgia').map(({ type, country }) => `${type} ${country}`);
  assert.ok(kinds.indexOf('country GE') === 0 && kinds.includes('state US'), kinds.join());
});

test('matches whole names only', () => {
  assert.ok(find('par').every(({ name }) => name !== 'Paris'));
  assert.equal(first('Pari, Texas'), 'state Texas, Texas, US', 'an unknown first part leaves what follows');
  assert.deepEqual(find('NOWHERE-INTERESTING'), []);
  assert.deepEqual(find('Paris, Qwertyland'), []);
});

test('keeps to the countries asked for', () => {
  assert.ok(find('Paris', { countries: ['US'] }).every(({ country }) => country === 'US'));
  assert.equal(first('Paris', { countries: ['CA', 'DK'] }).endsWith(', CA'), true);
  assert.deepEqual(find('Paris', { countries: ['ZZ'] }), []);
});

test('keeps to the bounds asked for', () => {
  const bounds = { west: -107, south: 25, east: -93, north: 37 };
  const found = find('Paris', { bounds });
  assert.equal(found[0]?.state, 'Texas');
  for (const { lat, lng } of found) {
    assert.ok(lng >= bounds.west && lng <= bounds.east && lat >= bounds.south && lat <= bounds.north);
  }
});

test('moves what is near up, and leaves nothing out', () => {
  const near = { lat: 44.05, lng: -123.09 };
  assert.equal(first('Springfield', { proximity: near }), 'town Springfield, Oregon, US');
  const plain = find('Springfield', { limit: 100 }).map(({ id }) => id);
  const biased = find('Springfield', { limit: 100, proximity: near }).map(({ id }) => id);
  assert.deepEqual(
    biased.toSorted((a, b) => a - b),
    plain.toSorted((a, b) => a - b),
  );
  assert.equal(first('Paris', { proximity: near }), 'city Paris, Île-de-France, FR');
});

test('gives at most as many as asked for, the same ones first', () => {
  const many = gazetteer.forward({ text: 'San José', limit: 100 });
  assert.ok(many.length > 50 && many.length <= 100);
  assert.equal(new Set(many).size, many.length);
  assert.deepEqual(gazetteer.forward({ text: 'San José', limit: 7 }), many.slice(0, 7));
});

test('leaves out what would read the same beside each other, unless asked not to', () => {
  const kept = find('San Antonio', { limit: 100, keepDuplicates: true });
  const seen = find('San Antonio', { limit: 100 });
  assert.ok(seen.length <= kept.length);
  for (const [index, a] of seen.entries()) {
    for (const b of seen.slice(index + 1)) {
      const same = a.name === b.name && a.state === b.state && a.country === b.country;
      assert.ok(!same || Math.abs(a.lat - b.lat) >= 0.1 || Math.abs(a.lng - b.lng) >= 0.1, `${a.id} ${b.id}`);
    }
  }
});

test('gives a suburb the city that it lies in', () => {
  const hit = gazetteer.reverse(52.52, 13.405);
  assert.ok(hit !== undefined);
  const parent = gazetteer.records.parent(hit.id);
  assert.equal(gazetteer.entity(hit.id).name, 'Mitte');
  assert.equal(gazetteer.entity(parent).name, 'Berlin');
});

test('finds every hundredth entity by its own name, country and state', () => {
  const missed: string[] = [];
  let asked = 0;
  for (let id = 0; id < gazetteer.size; id += 100) {
    const { name, state, country, type } = gazetteer.entity(id);
    // A comma in a name separates, as it does in what people type.
    if (name.includes(',')) continue;
    asked++;
    const text =
      state === undefined || type === 'state' ? `${name}, ${country}` : `${name}, ${state}, ${country}`;
    const query = type === 'country' ? name : text;
    if (!gazetteer.forward({ text: query, limit: 100, keepDuplicates: true }).includes(id)) missed.push(text);
  }
  assert.ok(asked > 2_000);
  assert.ok(
    missed.length <= asked * 0.005,
    `${missed.length} of ${asked}: ${missed.slice(0, 20).join('; ')}`,
  );
});

test('agrees with itself: the coordinate of a found place leads back to its country, and mostly to it', () => {
  let asked = 0;
  let otherCountry = 0;
  let farther = 0;
  const { lat, lng, type } = gazetteer.records;
  // A coordinate is answered by what people live in: not by postcodes, nor by names that only the post has.
  const inTrees = new Set(gazetteer.sections.treeIds);
  for (let id = 0; id < gazetteer.size; id += 7) {
    if (type(id) <= COUNTY || type(id) === POSTCODE || !inTrees.has(id)) continue;
    asked++;
    const hit = gazetteer.reverse(lat(id) / DEGREE, lng(id) / DEGREE);
    const country = hit === undefined ? undefined : gazetteer.entity(hit.id).country;
    if (country !== gazetteer.entity(id).country) otherCountry++;
    else if (hit !== undefined && hit.metres > 1) farther++;
  }
  assert.ok(asked > 25_000);
  assert.equal(farther, 0);
  // Borders are coarse (a few hundred metres), and GeoNames files some settlements under the state that built them.
  assert.ok(otherCountry / asked < 0.001, `${otherCountry} of ${asked}`);
});

test('never throws and never gives an entity twice, whatever is typed', () => {
  const word = fc.constantFrom(
    'paris',
    'texas',
    'san',
    'jose',
    'usa',
    'st',
    'new',
    'york',
    'de',
    'la',
    '10115',
    'georgia',
    'ca',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.array(word, { maxLength: 24 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 12 }).map((words) => words.join(',')),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 100 }), (query, limit) => {
      const found = gazetteer.forward({ text: query, limit });
      assert.ok(found.length <= limit && new Set(found).size === found.length);
    }),
    { numRuns: 3_000 },
  );
});
