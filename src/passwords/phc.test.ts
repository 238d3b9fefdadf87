import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  CURRENT,
  dummyPhc,
  formatPhc,
  hashPassword,
  needsRehash,
  parsePhc,
  shortfallOf,
  verifyPassword,
} from './phc.ts';
import { normalForm } from './rules.ts';

const SALT = 'AAECAwQFBgcICQoLDA0ODw';
const HASH = '1ETxy16fB30/lS5nbrgNWXkt62PxfxuDxEV+dAcibiM';
const LOW = { ln: 10, r: 8, p: 1 };

describe('a PHC string', () => {
  it('is verified as @noble/hashes 2 computed it for the same password, also typed in another form', () => {
    const made = [
      `$scrypt$ln=12,r=8,p=1$${SALT}$${HASH}`,
      `$scrypt$ln=11,r=8,p=3$${SALT}$zt+CQ4XELN4dKA6HszUflMlmdPED44w6SUtD0lWP5jk`,
      `$scrypt$ln=17,r=8,p=1$${SALT}$ss9RqoX+7wCXYdn/vvOEN9iWwA7ivpC0FFeeDB1AcMU`,
    ];
    for (const text of made) {
      const phc = parsePhc(text)!;
      assert.ok(verifyPassword(normalForm('correct hörse 電池'), phc), text);
      assert.ok(verifyPassword(normalForm('ｃorrect ho\u0308rse 電池'), phc), text);
    }
    assert.equal(verifyPassword(normalForm('correct horse 電池'), parsePhc(made[0]!)!), false);
  });

  it('has one form: what is parsed is written the same again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 18 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (ln, r, p, salt, hash) => {
          const text = formatPhc({ cost: { ln, r, p }, salt: Buffer.from(salt), hash: Buffer.from(hash) });
          const phc = parsePhc(text);
          assert.ok(phc !== undefined, text);
          assert.deepEqual(phc.cost, { ln, r, p });
          assert.equal(formatPhc(phc), text);
        },
      ),
    );
  });

  it('is refused with anything else about it', () => {
    const good = `$scrypt$ln=17,r=8,p=1$${SALT}$${HASH}`;
    assert.ok(parsePhc(good));
    const bad = [
      '',
      ` ${good}`,
      `${good}\n`,
      `${good}=`,
      good.replace('scrypt', 'argon2id'),
      good.replace('ln=17', 'ln=9'),
      good.replace('ln=17', 'ln=21'),
      good.replace('ln=17', 'ln=017'),
      good.replace('ln=17', 'ln=-17'),
      good.replace('ln=17', 'ln=1e1'),
      good.replace('r=8', 'r=0'),
      good.replace('r=8', 'r=33'),
      good.replace('p=1', 'p=17'),
      good.replace('p=1', 'p=1,x=1'),
      good.replace('ln=17,r=8', 'r=8,ln=17'),
      good.replace(SALT, `${SALT}AA`),
      good.replace(SALT, SALT.slice(1)),
      good.replace(SALT, `${SALT.slice(0, -1)}x`),
      good.replace(HASH, HASH.slice(1)),
      good.replace(HASH, `${HASH.slice(0, -1)}N`),
      good.replace('+', '-'),
    ];
    for (const text of bad) assert.equal(parsePhc(text), undefined, text);
  });

  it('is refused where it would take the memory or the time of the server', () => {
    const costing = (cost: string): string => `$scrypt$${cost}$${SALT}$${HASH}`;
    assert.ok(parsePhc(costing('ln=19,r=8,p=1')), '512 MiB');
    assert.equal(parsePhc(costing('ln=20,r=8,p=1')), undefined, '1 GiB');
    assert.equal(parsePhc(costing('ln=20,r=32,p=16')), undefined, '4 GiB');
    assert.ok(parsePhc(costing('ln=17,r=8,p=16')), 'sixteen times the work');
    assert.equal(parsePhc(costing('ln=18,r=8,p=16')), undefined, 'thirty-two times the work');
  });

  it('asks to be made anew when its cost is not the current one', () => {
    assert.equal(needsRehash(`$scrypt$ln=17,r=8,p=1$${SALT}$${HASH}`), false);
    for (const cost of ['ln=16,r=8,p=1', 'ln=17,r=9,p=1', 'ln=17,r=8,p=2', 'ln=18,r=8,p=1'])
      assert.ok(needsRehash(`$scrypt$${cost}$${SALT}$${HASH}`), cost);
    assert.ok(needsRehash('nonsense'));
  });
});

describe('hashing', () => {
  it('salts: the same password twice gives two hashes, and both are of it', () => {
    const [one, two] = [hashPassword('tangerine', LOW), hashPassword('tangerine', LOW)];
    assert.notEqual(one, two);
    for (const text of [one, two]) {
      const phc = parsePhc(text)!;
      assert.equal(phc.salt.length, 16);
      assert.equal(phc.hash.length, 32);
      assert.ok(verifyPassword('tangerine', phc));
      assert.equal(verifyPassword('tangerinf', phc), false);
    }
  });

  it('costs what is current for an account that does not exist, too', () => {
    const phc = parsePhc(dummyPhc());
    assert.deepEqual(phc?.cost, CURRENT);
    assert.notEqual(dummyPhc(), dummyPhc());
  });

  it('makes up for a lower cost of a wrong password, to the last step', () => {
    const work = ({ ln, r, p }: { ln: number; r: number; p: number }): number => 2 ** ln * r * p;
    for (const cost of [
      LOW,
      { ln: 14, r: 8, p: 5 },
      { ln: 15, r: 8, p: 3 },
      { ln: 16, r: 8, p: 1 },
      CURRENT,
    ]) {
      const added = shortfallOf(cost).reduce((sum, ln) => sum + work({ ln, r: 8, p: 1 }), 0);
      assert.equal(work(cost) + added, work(CURRENT));
    }
    assert.deepEqual(shortfallOf({ ln: 18, r: 8, p: 1 }), []);
  });
});
