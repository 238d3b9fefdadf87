import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { MAX_PARAMETERS, parseQuery } from './query.ts';

test('reads names and values, percent-encoded and with + for a space', () => {
  const { values, duplicated, malformed, truncated } = parseQuery(
    'q=Paris%2C+Texas&limit=5&M%C3%BCnchen=%F0%9F%97%BA',
  );
  assert.deepEqual(
    [...values],
    [
      ['q', 'Paris, Texas'],
      ['limit', '5'],
      ['München', '🗺'],
    ],
  );
  assert.deepEqual([[...duplicated], [...malformed], truncated], [[], [], false]);
});

test('keeps a percent-encoded plus, ampersand and equals sign inside a value', () => {
  assert.deepEqual([...parseQuery('q=a%2Bb%26c%3Dd=e').values], [['q', 'a+b&c=d=e']]);
});

test('names a parameter whose value is broken percent-encoding or broken UTF-8, and gives it no value', () => {
  for (const broken of ['%', '%4', '%zz', '%ff', '%c3', '%c0%80', '%ed%a0%80', '%f5%80%80%80', 'a%00%fe']) {
    const { values, malformed } = parseQuery(`a=1&q=${broken}`);
    assert.deepEqual([...malformed], ['q'], broken);
    assert.equal(values.has('q'), false, broken);
    assert.equal(values.get('a'), '1');
  }
});

test('names a broken name as it was sent', () => {
  assert.deepEqual([...parseQuery('%ff=1').malformed], ['%ff']);
});

test('keeps the first of several values and names the duplicate', () => {
  const { values, duplicated } = parseQuery('q=a&limit=1&q=b&%71=c');
  assert.equal(values.get('q'), 'a');
  assert.deepEqual([...duplicated], ['q']);
});

test('does not let a well-formed duplicate stand in for a broken first value', () => {
  const { values, duplicated, malformed } = parseQuery('q=%ff&q=b');
  assert.deepEqual([values.has('q'), [...duplicated], [...malformed]], [false, ['q'], ['q']]);
});

const pairs = (count: number): string => Array.from({ length: count }, (_, index) => `p${index}=1`).join('&');

test('reads at most so many parameters and says that there were more', () => {
  assert.equal(parseQuery(pairs(MAX_PARAMETERS)).truncated, false);
  assert.equal(parseQuery(`${pairs(MAX_PARAMETERS)}&&&`).truncated, false);
  const more = parseQuery(pairs(MAX_PARAMETERS + 1));
  assert.deepEqual([more.truncated, more.values.size], [true, MAX_PARAMETERS]);
});

test('treats names that mean something to JavaScript like any other', () => {
  const { values } = parseQuery('__proto__=1&constructor=2&toString=3');
  assert.deepEqual([values.get('__proto__'), values.get('constructor'), values.size], ['1', '2', 3]);
  assert.equal(Object.hasOwn(Object.prototype, '1'), false);
});

test('is empty for an empty string and for separators alone', () => {
  for (const nothing of ['', '&', '&&&']) assert.equal(parseQuery(nothing).values.size, 0);
});

test('agrees with URLSearchParams on everything well-formed', () => {
  const pair = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: MAX_PARAMETERS }), (entries) => {
      const search = new URLSearchParams(entries).toString();
      const reference = new URLSearchParams(search);
      const { values, duplicated, malformed, truncated } = parseQuery(search);
      const names = [...new Set(reference.keys())];
      assert.deepEqual([...values.keys()], names);
      for (const name of names) {
        assert.equal(values.get(name), reference.get(name));
        assert.equal(duplicated.has(name), reference.getAll(name).length > 1);
      }
      assert.deepEqual([malformed.size, truncated], [0, false]);
    }),
  );
});

test('never throws, whatever the text is', () => {
  const noise = fc.string({
    unit: fc.constantFrom('%', '&', '=', '+', 'f', 'F', '0', 'c', '3', 'é', '\0', '\uD800'),
  });
  fc.assert(
    fc.property(noise, (search) => {
      const { values, malformed } = parseQuery(search);
      for (const name of values.keys()) assert.equal(malformed.has(name) && !search.includes('&'), false);
    }),
  );
});
