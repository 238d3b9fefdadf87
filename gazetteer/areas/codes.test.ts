import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIsoNames, joinCodes, type StateEvidence } from './codes.ts';
import { bareName, skeleton, wholeName } from './names-alike.ts';

const iso = createIsoNames([
  { code: 'XX-1', parent: 'XX', names: ['Severný kraj', 'North Region'] },
  { code: 'XX-2', parent: 'XX', names: ['Južný kraj', 'South'] },
  { code: 'XX-21', parent: 'XX-2', names: ['Žabokreky'] },
  { code: 'XX-3', parent: 'XX', names: ['Kočevograd'] },
  { code: 'XX-4', parent: 'XX', names: ['Ostrov'] },
  { code: 'XX-41', parent: 'XX-4', names: ['Ostrov (mesto)'] },
  { code: 'XX-5', parent: 'XX', names: ['Dva'] },
  { code: 'XX-6', parent: 'XX', names: ['Dva (obec)'] },
]);
const NOTHING: StateEvidence = { area: undefined, region: undefined };
const join = (
  states: Readonly<Record<string, string>>,
  evidence: Readonly<Record<string, StateEvidence>> = {},
): Record<string, string> =>
  Object.fromEntries(joinCodes(new Map(Object.entries(states)), iso, (state) => evidence[state] ?? NOTHING));

test('names are alike whatever their accents, case and kind of area', () => {
  assert.equal(wholeName('  ŠTÁT'), wholeName('stat'));
  assert.equal(bareName('Province of Kočevo'), bareName('kocevo'));
  assert.equal(bareName('Ağcabǝdi'), bareName('Ağcabədi'));
  assert.equal(skeleton('Kochevograd'), skeleton('Kočevograd'));
  assert.equal(skeleton('Ab'), '', 'too short to tell anything');
});

test('codes come from names, a city’s from its own and its province’s from its own', () => {
  assert.deepEqual(join({ 'XX.01': 'North Region', 'XX.02': 'Žabokreky', 'XX.03': 'Kochevograd' }), {
    'XX.01': 'XX-1',
    'XX.02': 'XX-21',
    'XX.03': 'XX-3',
  });
  assert.deepEqual(join({ 'XX.04': 'Ostrov' }), { 'XX.04': 'XX-4' }, 'the first-order entry before its part');
});

test('a name that two entries bear gives no code, and the map does', () => {
  assert.deepEqual(join({ 'XX.05': 'Dva' }), {});
  assert.deepEqual(join({ 'XX.05': 'Dva' }, { 'XX.05': { area: 'XX-6', region: undefined } }), {
    'XX.05': 'XX-6',
  });
});

test('the whole name goes before the map, the map before the bare name, and no code is given twice', () => {
  const states = { 'XX.01': 'South', 'XX.02': 'Kočevograd District' };
  const evidence = {
    'XX.01': { area: 'XX-3', region: undefined },
    'XX.02': { area: 'XX-1', region: 'XX-2' },
  };
  assert.deepEqual(join(states, evidence), { 'XX.01': 'XX-2', 'XX.02': 'XX-1' });
  assert.deepEqual(join({ 'XX.01': 'South', 'XX.02': 'south' }), { 'XX.01': 'XX-2' });
});

test('codes that the list does not have, or of another country, are not given', () => {
  assert.deepEqual(join({ 'XX.01': '?' }, { 'XX.01': { area: 'XX-99', region: undefined } }), {});
  assert.deepEqual(join({ 'YY.01': '?' }, { 'YY.01': { area: 'XX-1', region: undefined } }), {});
});
