import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { generateKey, isWellFormedKey, KEY_LENGTH, KEY_PATTERN } from './key-format.ts';

const key = generateKey('sk', 'live').expose();

describe('the form of a key', () => {
  it('has a prefix, 43 random characters and a checksum of 6', () => {
    assert.match(key, /^vs_sk_live_[0-9A-Za-z]{49}$/);
    assert.equal(key.length, KEY_LENGTH);
    assert.ok(isWellFormedKey('sk', key));
  });

  it('is found by the pattern that secret scanners are given', () => {
    assert.equal(KEY_PATTERN.exec(`token = "${key}";`)?.[0], key);
  });

  it('refuses a public key where a secret one is needed', () => {
    assert.ok(!isWellFormedKey('sk', generateKey('pk', 'live').expose()));
  });

  it('refuses every single-character change', () => {
    fc.assert(
      fc.property(
        fc.nat(key.length - 1),
        fc.constantFrom('0', 'a', 'Z', '_', '-', 'é', ' '),
        (position, character) => {
          const changed = key.slice(0, position) + character + key.slice(position + 1);
          return changed === key || !isWellFormedKey('sk', changed);
        },
      ),
    );
  });

  it('refuses white space around it', () => {
    for (const text of [` ${key}`, `${key} `, `${key}\n`, `${key}\0`])
      assert.ok(!isWellFormedKey('sk', text));
  });

  it('refuses random text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => !isWellFormedKey('sk', text)),
    );
  });

  it('uses every character about equally often', () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 400; round += 1) {
      for (const character of generateKey('sk', 'test').expose().slice(11, 54)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    assert.equal(counts.size, 62);
    const expected = (400 * 43) / 62;
    // 17,200 draws: eight standard deviations are about half of the expectation.
    for (const count of counts.values()) assert.ok(Math.abs(count - expected) < expected / 2, String(count));
  });
});
