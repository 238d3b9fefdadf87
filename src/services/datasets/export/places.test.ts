import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../../../foundation/problem.ts';
import { createPlaces, type Place, type Places } from './places.ts';

let now = 0;
const open = (): Places => {
  now = 0;
  return createPlaces(() => now);
};

/** Takes a place and notes in `lost` when it is taken away. */
const take = (places: Places, company: string, one: string, lost: string[] = []): Place =>
  places.take({ company, one }, () => lost.push(`${company} ${one}`));

const refusal = (places: Places, company: string, one: string): Problem => {
  try {
    take(places, company, one);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.status, error.code], [429, 'too_many_downloads']);
    return error;
  }
  throw new Error('a place was given');
};

describe('places of downloads', () => {
  it('are three of one user and four of one company, so that nobody has all of it', () => {
    const places = open();
    for (let index = 0; index < 3; index += 1) take(places, 'a', 'ann');
    assert.match(refusal(places, 'a', 'ann').detail ?? '', /^At most 3 of a user or key /);
    const bob = take(places, 'a', 'bob');
    assert.match(refusal(places, 'a', 'cem').detail ?? '', /^At most 4 of a company /);
    bob.giveBack();
    bob.giveBack();
    take(places, 'a', 'cem');
    refusal(places, 'a', 'bob');
    take(places, 'b', 'ann');
  });

  it('are sixteen altogether', () => {
    const places = open();
    for (let index = 0; index < 16; index += 1) take(places, `c${index >> 2}`, `u${index % 2}`);
    assert.match(refusal(places, 'd', 'ann').detail ?? '', /^At most 16 are under way /);
  });

  it('go from who does not read to who comes, the longest held first', () => {
    const places = open();
    const lost: string[] = [];
    const held = Array.from({ length: 16 }, (_, index) =>
      take(places, `c${index >> 2}`, `u${index % 4}`, lost),
    );
    for (const one of held.slice(1)) one.wait();
    now = 29_999;
    refusal(places, 'new', 'ann');
    assert.deepEqual(lost, []);
    now = 30_000;
    take(places, 'new', 'ann', lost);
    take(places, 'new', 'ann', lost);
    // The first of all is making its next part, and is let be.
    assert.deepEqual(lost, ['c0 u1', 'c0 u2']);
  });

  it('are taken from none but one of the same company or user where these have all of theirs', () => {
    const places = open();
    const lost: string[] = [];
    take(places, 'b', 'bob', lost).wait();
    for (const one of ['ann', 'ann', 'cem', 'ann']) take(places, 'a', one, lost).wait();
    now = 40_000;
    take(places, 'a', 'ann', lost);
    assert.deepEqual(lost, ['a ann']);
    take(places, 'a', 'dora', lost);
    assert.deepEqual(lost, ['a ann', 'a ann']);
  });

  it('are not taken from who goes on reading, however slowly', () => {
    const places = open();
    const lost: string[] = [];
    const held = ['x', 'x', 'y', 'y'].map((one) => take(places, 'a', one, lost));
    for (now = 0; now < 200_000; now += 20_000)
      for (const one of held) {
        one.goOn();
        one.wait();
      }
    refusal(places, 'a', 'z');
    assert.deepEqual(lost, []);
  });

  it('say when one that is not read makes room', () => {
    const places = open();
    const held = ['x', 'x', 'y', 'y'].map((one) => take(places, 'a', one));
    assert.equal(refusal(places, 'a', 'z').headers?.['retry-after'], '30');
    now = 1000;
    held[2]?.wait();
    now = 11_500;
    assert.equal(refusal(places, 'a', 'z').headers?.['retry-after'], '20');
    now = 31_000;
    take(places, 'a', 'z');
  });
});
