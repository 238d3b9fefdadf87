import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cookieNameOf, expiredHostCookie, hostCookie, readCookie } from './cookie.ts';

const NAME = '__Host-vs-session';
const value = (header: string | undefined): string => {
  const reading = readCookie(header, NAME);
  return reading.kind === 'value' ? reading.value : reading.kind;
};

describe('reading a cookie', () => {
  it('finds it among others, wherever it stands', () => {
    assert.equal(value(`${NAME}=a.b-c_d`), 'a.b-c_d');
    assert.equal(value(`x=1; ${NAME}=abc; y=2`), 'abc');
    assert.equal(value(`x=1;${NAME}=abc`), 'abc');
    assert.equal(value(`${NAME}=`), '');
  });

  it('is not misled by names that only look alike', () => {
    for (const header of [
      undefined,
      '',
      `x${NAME}=a`,
      `${NAME}x=a`,
      `${NAME} =a`,
      NAME,
      `x=${NAME}=a`,
      `__host-vs-session=a`,
      `x="1; y"${NAME}=a`,
      `x=1, ${NAME}=a`,
    ]) {
      assert.equal(value(header), 'missing', header);
    }
  });

  it('refuses a name that comes twice, even with the same value', () => {
    assert.equal(value(`${NAME}=a; ${NAME}=b`), 'ambiguous');
    assert.equal(value(`${NAME}=a; x=1; ${NAME}=a`), 'ambiguous');
  });

  it('refuses what no cookie’s value can be', () => {
    for (const wrong of ['"a"', 'a b', 'a,b', 'a\\b', 'ä', 'a\tb', 'a, other=1'])
      assert.equal(value(`${NAME}=${wrong}`), 'ambiguous', wrong);
  });

  it('reads any header without throwing, and gives only values that it could have set', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(NAME, '=', ';', ' ', 'a'))), (pieces) => {
        const reading = readCookie(pieces.join(''), NAME);
        if (reading.kind === 'value') hostCookie(NAME, reading.value, 1);
      }),
    );
  });
});

describe('setting a cookie', () => {
  it('binds it to this host, to HTTPS, and away from scripts and other sites', () => {
    assert.equal(
      hostCookie(NAME, 'abc', 60.9),
      `${NAME}=abc; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax`,
    );
    assert.doesNotMatch(hostCookie(NAME, 'abc', 60), /domain/i);
    assert.equal(cookieNameOf(hostCookie(NAME, 'abc', 60)), NAME);
  });

  it('takes it away again', () => {
    assert.match(expiredHostCookie(NAME), new RegExp(`^${NAME}=; Max-Age=0; Path=/; Secure; `));
  });

  it('can carry nothing that would begin another attribute or header', () => {
    for (const wrong of ['a;b', 'a\r\nset-cookie: b', 'a b', 'ä'])
      assert.throws(() => hostCookie(NAME, wrong, 1), TypeError);
    assert.throws(() => hostCookie('vs-session', 'a', 1), TypeError);
  });
});
