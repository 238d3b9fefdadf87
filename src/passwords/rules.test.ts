import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkForm, checkPassword, normalForm } from './rules.ts';

const GOOD = { score: 4, isCommon: false } as const;
const ALONE = { hasSecondFactor: false, userInputs: [] };
const SECOND = { hasSecondFactor: true, userInputs: [] };
const JANE = {
  hasSecondFactor: false,
  userInputs: ['Jane.Doe+api@example.org', 'Ünal Öl & Gas', 'Bo', 'Equinor', 'Acme'],
};
const IDENTITY = ['password_contains_identity'];

describe('the length of a password', () => {
  it('is at least 15 alone and 8 with a second factor', () => {
    assert.deepEqual(checkPassword('a'.repeat(14), ALONE, GOOD), ['password_too_short']);
    assert.deepEqual(checkPassword('a'.repeat(15), ALONE, GOOD), []);
    assert.deepEqual(checkPassword('a'.repeat(7), SECOND, GOOD), ['password_too_short']);
    assert.deepEqual(checkPassword('a'.repeat(8), SECOND, GOOD), []);
    assert.deepEqual(checkPassword('', SECOND, GOOD), ['password_too_short']);
  });

  it('is at most 256', () => {
    assert.deepEqual(checkPassword('a'.repeat(256), ALONE, GOOD), []);
    assert.deepEqual(checkPassword('a'.repeat(257), ALONE, GOOD), ['password_too_long']);
    assert.deepEqual(checkForm('a'.repeat(10_000_000), ALONE), ['password_too_long']);
    // One code unit that NFKC makes eighteen of.
    assert.deepEqual(checkForm('\ufdfa'.repeat(20), ALONE), ['password_too_long']);
  });

  it('is counted in code points after NFKC, so that no script is short-changed and no typing counts twice', () => {
    assert.deepEqual(checkForm('🦦'.repeat(15), ALONE), []);
    assert.deepEqual(checkForm('🦦'.repeat(14), ALONE), ['password_too_short']);
    assert.deepEqual(checkForm('🦦'.repeat(256), ALONE), []);
    assert.deepEqual(checkForm('o\u0308'.repeat(14), ALONE), ['password_too_short']);
    assert.deepEqual(checkForm('o\u0308'.repeat(15), ALONE), []);
  });

  it('is all that is asked of its characters: any of them will do', () => {
    for (const text of [
      '              a',
      '日本語のパスワードは長い方がよい',
      'aaaaaaaaaaaaaaa',
      '\u0000'.repeat(15),
    ])
      assert.deepEqual(checkForm(text, ALONE), [], text);
  });

  it('never fails to be found, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const length = Array.from(normalForm(text)).length;
        assert.equal(checkForm(text, ALONE).includes('password_too_short'), length < 15);
      }),
    );
  });
});

describe('an identity in a password', () => {
  it('is found in another case, with signs between and figures for letters, and repeated', () => {
    for (const text of [
      'jane.doe@example.org',
      'JANEDOE marches north',
      'j4n3-d03 marches north',
      'my EQUINOR password',
      '3qu1n0r marches north',
      'unal ol & gas forever',
      'ÜNALÖLGAS forever and on',
      'acmeacmeacmeacme',
      '@cm3 @cm3 @cm3 @cm3',
      'ａｃｍｅ １２３ ａｃｍｅ １２３',
    ])
      assert.deepEqual(checkForm(text, JANE), IDENTITY, text);
  });

  it('is not seen where a short one is a syllable of something else', () => {
    for (const text of ['velvet bobsled macmeekin', 'bobobobobobobobobo', 'pacmen marched northwards'])
      assert.deepEqual(checkForm(text, JANE), [], text);
  });

  it('is not seen where there is none', () => {
    assert.deepEqual(
      checkForm('velvet otter marches', {
        hasSecondFactor: false,
        userInputs: ['', ' ', '@', '!!!', '@@@@'],
      }),
      [],
    );
  });
});

describe('what the lists and the estimate say', () => {
  it('refuses what is common or guessable, and says the most telling reason first', () => {
    assert.deepEqual(checkPassword('a'.repeat(15), ALONE, { score: 2, isCommon: false }), [
      'password_guessable',
    ]);
    assert.deepEqual(checkPassword('a'.repeat(15), ALONE, { score: 3, isCommon: false }), []);
    assert.deepEqual(checkPassword('equinor', JANE, { score: 0, isCommon: true }), [
      'password_too_short',
      'password_common',
      'password_contains_identity',
      'password_guessable',
    ]);
  });
});
