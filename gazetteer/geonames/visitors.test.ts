import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlaceRow } from '../sources.ts';
import { createAdminNameReader } from './admin-codes.ts';
import { createAlternateVisitor, type AlternateName } from './alternate-names.ts';
import type { DumpRow, RowFault } from './dump-rows.ts';
import { createPlaceVisitor, type AreaRow } from './place-dump.ts';
import { createPostalVisitor } from './postal-dump.ts';
import type { PostcodeRow } from '../postcodes/rows.ts';

const rowOf = (line: string): DumpRow => {
  const columns = line.split('\t');
  const bytes = (column: number): Buffer => Buffer.from(columns[column] ?? '');
  return {
    columns: columns.length,
    text: (column) => columns[column] ?? '',
    length: (column) => bytes(column).length,
    firstByte: (column) => bytes(column)[0] ?? 0,
  };
};

const PARIS =
  '2988507\tParis\tParis\tLutetia,PAR,Paríž\t48.85341\t2.3488\tP\tPPLC\tFR\t\t11\t75\t751\t75056\t2138551\t\t42\tEurope/Paris\t2024-01-01';

const visitPlace = (
  line: string,
): { fault: RowFault; places: PlaceRow[]; areas: AreaRow[]; unwanted: number } => {
  const places: PlaceRow[] = [];
  const areas: AreaRow[] = [];
  const visitor = createPlaceVisitor({ place: (row) => places.push(row), area: (row) => areas.push(row) });
  const fault = visitor.visit(rowOf(line));
  return { fault, places, areas, unwanted: visitor.unwanted };
};

test('takes populated places', () => {
  assert.deepEqual(visitPlace(PARIS).places, [
    {
      geonameId: 2988507,
      name: 'Paris',
      asciiName: 'Paris',
      alternates: 'Lutetia,PAR,Paríž',
      lat: 48.85341,
      lng: 2.3488,
      feature: 'PPLC',
      country: 'FR',
      admin1: '11',
      admin2: '75',
      population: 2138551,
      timezone: 'Europe/Paris',
    },
  ]);
});

test('takes states, counties and countries by their codes, and passes mountains over', () => {
  const as = (feature: string): string => PARIS.replace('P\tPPLC', `A\t${feature}`);
  assert.equal(visitPlace(as('ADM1')).areas[0]?.code, 'FR.11');
  assert.equal(visitPlace(as('ADM2')).areas[0]?.code, 'FR.11.75');
  assert.equal(visitPlace(as('PCLI')).areas[0]?.code, 'FR');
  assert.deepEqual(visitPlace(as('PCLI')).areas[0]?.names, ['Paris', 'Lutetia', 'PAR', 'Paríž']);
  for (const other of [as('ADM4'), as('PCLH'), PARIS.replace('P\tPPLC', 'T\tMT')]) {
    const { unwanted, areas, places } = visitPlace(other);
    assert.deepEqual([unwanted, areas.length, places.length], [1, 0, 0]);
  }
});

test('says what is wrong with a place, without saying what stands there', () => {
  const faults: [string, string, RegExp][] = [
    ['2988507', 'x', /geonameid/u],
    ['48.85341', '91', /latitude/u],
    ['48.85341', 'NaN', /latitude/u],
    ['48.85341', '1e1', /latitude/u],
    ['2.3488', '-180.01', /longitude/u],
    ['2138551', 'many', /population/u],
    ['\tParis\tParis', `\t${'P'.repeat(900)}\tParis`, /name is too long/u],
    ['\tParis\tParis', '\tPar\ufffdis\tParis', /not UTF-8/u],
    ['\tParis\tParis', '\tPar\u0007is\tParis', /not UTF-8/u],
    ['\tFR\t', '\tfr\t', /country code/u],
  ];
  for (const [from, to, expected] of faults) {
    const { fault, places } = visitPlace(PARIS.replace(from, to));
    assert.match(fault ?? '', expected, to.slice(0, 20));
    assert.equal(places.length, 0);
  }
});

const POSTAL =
  'GB\tsw1a 1aa\tLondon\tEngland\tENG\tGreater London\t11609024\tWestminster\tE09000033\t51.501\t-0.1416\t6';

test('takes postal codes, and passes over those that stand nowhere', () => {
  const rows: PostcodeRow[] = [];
  const visit = createPostalVisitor((row) => rows.push(row));
  assert.equal(visit(rowOf(POSTAL)), undefined);
  assert.equal(visit(rowOf(POSTAL.replace('51.501\t-0.1416', '\t'))), undefined);
  assert.deepEqual(
    rows.map(({ code, place, country }) => [country, code, place]),
    [['GB', 'SW1A 1AA', 'London']],
  );
  assert.match(visit(rowOf(POSTAL.replace('51.501', '151'))) ?? '', /latitude/u);
  assert.match(visit(rowOf(POSTAL.replace('sw1a 1aa', '<script>'))) ?? '', /postal code/u);
  assert.match(visit(rowOf(POSTAL.replace('GB', 'GBR'))) ?? '', /country code/u);
  assert.equal(rows.length, 1);
});

test('tells names from codes and links, and labels from what can only be searched for', () => {
  const names: AlternateName[] = [];
  const visit = createAlternateVisitor((name) => names.push(name));
  const rows = [
    '1\t2988507\tde\tParis\t1\t\t\t',
    '2\t2988507\tit\tParigi\t\t\t\t\t\t',
    '3\t2988507\tfr\tPaname\t\t\t1\t',
    '4\t2988507\tla\tLutetia\t\t\t\t1\t-52\t300',
    '5\t2988507\tlink\thttps://en.wikipedia.org/wiki/Paris',
    '6\t2988507\tiata\tPAR',
    '7\t2988507\tpost\t75001',
    '8\t2988507\t\tVille Lumière',
    '9\t2988507\ten\tSt\t\t1\t\t',
  ];
  for (const row of rows) assert.equal(visit(rowOf(row)), undefined);
  assert.deepEqual(
    names.map(({ name, language, rank }) => [name, language, rank]),
    [
      ['Paris', 'de', 0],
      ['Parigi', 'it', 1],
      ['Paname', 'fr', 3],
      ['Lutetia', 'la', 3],
      ['Ville Lumière', '', 3],
      ['St', 'en', 2],
    ],
  );
  assert.match(visit(rowOf('1\tx\tde\tParis\t\t\t\t')) ?? '', /geonameid/u);
  assert.match(visit(rowOf('1\t2\tde\t\t\t\t\t')) ?? '', /empty/u);
});

test('takes names of states and counties over those that are known', () => {
  const reader = createAdminNameReader({
    states: new Map([
      ['FR.11', 'Old'],
      ['FR.24', 'Centre'],
    ]),
    counties: new Map(),
  });
  assert.equal(reader.visit(rowOf('FR.11\tÎle-de-France\tIle-de-France\t3012874')), undefined);
  assert.equal(reader.visit(rowOf('FR.11.75\tParis\tParis\t2968815')), undefined);
  assert.match(reader.visit(rowOf('France\tx\tx\t1')) ?? '', /code/u);
  const { states, counties } = reader.names();
  assert.deepEqual(
    [...states],
    [
      ['FR.11', 'Île-de-France'],
      ['FR.24', 'Centre'],
    ],
  );
  assert.deepEqual([...counties], [['FR.11.75', 'Paris']]);
});
