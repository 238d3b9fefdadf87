import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { dictionary } from '@zxcvbn-ts/language-common';
import { createCommonPasswords } from './common-passwords.ts';
import { COMMON_HINT, FAULT_SENTENCES, GENERAL_HINT, HINTS, hintOf } from './hints.ts';
import { PASSWORD_FAULTS } from './rules.ts';
import { assessPassword } from './strength.ts';

const common = createCommonPasswords(dictionary['passwords-common'].map(String));

describe('the block list', () => {
  it('holds the common passwords of a published list and more', () => {
    assert.ok(common.size > 40_000, String(common.size));
    for (const text of ['password', '123456789', 'qwertyuiop', '1qaz2wsx3edc4rfv'])
      assert.ok(common.has(text), text);
  });

  it('sees through case, a short tail, spaces and repetition', () => {
    for (const text of [
      'PassWord',
      'password1!',
      'Password2026!!',
      'ｐａｓｓｗｏｒｄ１２３',
      'pass word',
      'passwordpasswordpassword',
      'monkeymonkey1',
      'Correct-Horse-Battery-Staple',
      'correct horse battery staple 1',
    ])
      assert.ok(common.has(text), text);
  });

  it('leaves alone what merely contains a common one', () => {
    for (const text of [
      'dragon83746591',
      'my password is velvet',
      'monkey otter',
      'a',
      '',
      '12',
      '!!!!!!!!!!',
      '日本語のパスワード',
    ])
      assert.equal(common.has(text), false, text);
  });
});

describe('the estimate', () => {
  it('is good for unrelated words in any script, with no hint', () => {
    for (const text of ['velvet otter marches north', '日本語のパスワードは長い方がよい'])
      assert.deepEqual(assessPassword(text, []), { score: 4, isCommon: false, hint: undefined }, text);
  });

  it('is low for rows of keys, repetition, sequences and dates, with one sentence of ours', () => {
    for (const text of ['qwertyuiopasdfgh', 'aaaaaaaaaaaaaaaa', 'abcdefghijklmnop', '19871987198719871987']) {
      const { score, hint } = assessPassword(text, []);
      assert.ok(score < 3, text);
      assert.ok(hint !== undefined && (Object.values(HINTS).includes(hint) || hint === COMMON_HINT), hint);
    }
  });

  it('knows what the person is known by', () => {
    const inputs = ['kristoffersen@vindkraft.example'];
    const strangers = assessPassword('kristoffersenvindkraft', []);
    const theirs = assessPassword('kristoffersenvindkraft', inputs);
    assert.ok(theirs.score < strangers.score, `${theirs.score} < ${strangers.score}`);
  });

  it('comes to an end for whatever is given', () => {
    const long = assessPassword('p4$$w0rd'.repeat(10_000), [
      'x'.repeat(100_000),
      ...Array.from({ length: 5000 }, String),
    ]);
    assert.ok(long.score < 3);
    assert.equal(assessPassword('', []).score, 0);
    assert.ok(assessPassword('\ud800\u0000'.repeat(20), []).hint !== undefined);
  });
});

describe('the hints', () => {
  it('have a sentence for everything that the estimator can say', () => {
    const file = new URL(import.meta.resolve('@zxcvbn-ts/core'));
    const keys = readFileSync(new URL('data/translationKeys.mjs', file), 'utf8');
    const said = keys.slice(0, keys.indexOf('timeEstimation')).matchAll(/(\w+): '/g);
    const names = Array.from(said, (match) => match[1]!);
    assert.ok(names.length > 20);
    for (const name of names) assert.ok(HINTS[name] !== undefined, name);
  });

  it('are one sentence, and the most particular one', () => {
    assert.equal(hintOf(3, { warning: 'dates', suggestions: [] }), undefined);
    assert.equal(hintOf(1, { warning: 'dates', suggestions: ['anotherWord'] }), HINTS['dates']);
    assert.equal(hintOf(1, { warning: null, suggestions: ['anotherWord', 'l33t'] }), HINTS['l33t']);
    assert.equal(hintOf(2, { warning: null, suggestions: [] }), GENERAL_HINT);
    assert.equal(hintOf(2, { warning: 'new in a later version', suggestions: [] }), GENERAL_HINT);
  });

  it('and the sentences of the faults stand in a file that imports nothing', () => {
    const source = readFileSync(new URL('hints.ts', import.meta.url), 'utf8');
    assert.equal(/\bimport\b[^.]*from|import\(/.test(source), false);
    assert.deepEqual(Object.keys(FAULT_SENTENCES).toSorted(), PASSWORD_FAULTS.toSorted());
  });

  it('load nothing of the estimator where requests are answered', () => {
    const folder = new URL('.', import.meta.url);
    const users = readdirSync(folder).filter(
      (name) =>
        !name.endsWith('.test.ts') &&
        /^import (?!type)[^;]*'(@zxcvbn-ts|\.\/strength\.ts)/m.test(
          readFileSync(new URL(name, folder), 'utf8'),
        ),
    );
    assert.deepEqual(users, ['strength.ts']);
  });
});
