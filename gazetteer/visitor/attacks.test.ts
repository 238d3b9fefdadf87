import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getPattern } from 'isbot';
import { loadUserAgentRules } from '../../src/services/visitor/user-agent/rules.ts';
import { attackStrings } from './attack-strings.ts';
import { countSteps } from './backtracking.ts';

/** What the reader cuts user agents to. */
const LENGTH = 512;
/** A few milliseconds of V8's backtracking, which looks at some hundred million characters a second. */
const MOST_STEPS = 1_000_000;

const worstOf = (pattern: string, flags: string): number =>
  attackStrings(pattern, LENGTH).reduce(
    (worst, text) => Math.max(worst, countSteps(pattern, flags, text, MOST_STEPS)),
    0,
  );

describe('counting steps', () => {
  it('agrees with the engine on what a plain search looks at', () => {
    assert.equal(countSteps('b', '', 'aaab', 100), 4);
    assert.equal(countSteps('^b', '', 'aaab', 100), 1);
    assert.equal(countSteps('a{2}b', '', 'aab', 100), 3);
  });

  it('finds a pattern whose work explodes, and one whose work grows with the cube of the length', () => {
    assert.equal(worstOf('^(?:[a-z]+)+!$', ''), MOST_STEPS);
    assert.equal(worstOf('x[a-z]*y?[a-z]*[a-z]*!', ''), MOST_STEPS);
  });
});

describe('the patterns for user agents', () => {
  const rules = loadUserAgentRules();

  for (const list of ['browsers', 'systems', 'devices', 'robots'] as const) {
    it(`take few steps on what was made to hold them up: ${list}`, () => {
      const slow = rules[list]
        .map(([pattern, flags]) => ({ pattern, steps: worstOf(pattern, flags) }))
        .filter(({ steps }) => steps >= MOST_STEPS);
      assert.deepEqual(slow, []);
    });
  }

  it('take few steps also where they tell a robot from a person', () => {
    const { source, flags } = getPattern();
    assert.ok(attackStrings(source, LENGTH).length > 10);
    assert.ok(worstOf(source, flags) < MOST_STEPS);
  });
});
