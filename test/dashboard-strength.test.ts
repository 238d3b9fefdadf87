/** The strength that the page shows is the one that the server decides by. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { assessPassword as assessOnPage } from '../dashboard/src/strength/assess.ts';
import { assessPassword as assessOnServer } from '../src/passwords/strength.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('the strength of a password', () => {
  for (const name of ['hints.ts', 'common-passwords.ts']) {
    it(`is said with the same ${name} (else: cp src/passwords/${name} dashboard/src/strength/)`, () => {
      assert.equal(read(`dashboard/src/strength/${name}`), read(`src/passwords/${name}`));
    });
  }

  it('is the same on the page and on the server', () => {
    const inputs = ['ada.lovelace@example.com', 'Analytical Engines', 'vouchsafe'];
    const passwords = [
      '',
      'password',
      'Tr0ub4dor&3',
      'correct horse battery staple',
      'analytical engines 1843',
      'ada.lovelace',
      'qwertyuiopasdfgh',
      'saddle quartz lemon drift bakery',
      'пароль пароль пароль',
      '𝓈𝒶𝒹𝒹𝓁𝑒 𝓆𝓊𝒶𝓇𝓉𝓏',
      `lone ${String.fromCharCode(0xd800)} surrogate`,
      'x'.repeat(300),
    ];
    for (const password of passwords) {
      assert.deepEqual(assessOnPage(password, inputs), assessOnServer(password, inputs), password);
    }
  });

  it('takes what a person is known by into account', () => {
    assert.ok(assessOnPage('analytical engines', ['Analytical Engines']).score < 3);
  });
});
