import assert from 'node:assert/strict';
import { generateKeyPairSync, hash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  canonicalJson,
  GENESIS_HASH,
  publicKeyOf,
  sealEntry,
  verifyChain,
  type HistoryEntry,
} from './history.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const PUBLIC_KEY = publicKeyOf(privateKey);

const chainOf = (evidences: readonly string[], key = privateKey): HistoryEntry[] => {
  const entries: HistoryEntry[] = [];
  for (const [index, evidence] of evidences.entries()) {
    const previousHash = entries.at(-1)?.hash ?? GENESIS_HASH;
    const checkedAt = new Date(Date.UTC(2026, 10, 22, 12, index)).toISOString();
    entries.push(
      sealEntry(
        { seq: index + 1, promise: 'tls-only', state: 'kept', evidence, checkedAt, previousHash },
        key,
      ),
    );
  }
  return entries;
};

const EVIDENCES = ['one', 'two', 'three', 'four'];

describe('the chain of the history', () => {
  it('hashes the finding as canonical JSON, so that anybody can compute it', () => {
    const [first] = chainOf(['a "quote"']);
    const expected =
      '{"checkedAt":"2026-11-22T12:00:00.000Z","evidence":"a \\"quote\\"","previousHash":"' +
      '0'.repeat(64) +
      '","promise":"tls-only","seq":1,"state":"kept"}';
    assert.equal(canonicalJson(first!), expected);
    assert.equal(first!.hash, hash('sha256', expected));
  });

  it('accepts what was sealed, whatever the evidence says', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }), (evidences) => {
        assert.deepEqual(verifyChain(chainOf(evidences), PUBLIC_KEY), {
          ok: true,
          entries: evidences.length,
        });
      }),
      { numRuns: 30 },
    );
  });

  it('accepts a run from the middle', () => {
    assert.equal(verifyChain(chainOf(EVIDENCES).slice(2), PUBLIC_KEY).ok, true);
  });

  it('notices any field of any entry that was changed', () => {
    const fields = [
      'seq',
      'promise',
      'state',
      'evidence',
      'checkedAt',
      'previousHash',
      'hash',
      'signature',
    ] as const;
    for (const [index] of EVIDENCES.entries()) {
      for (const field of fields) {
        const entries = chainOf(EVIDENCES);
        const other =
          field === 'seq'
            ? 9
            : field === 'state'
              ? 'broken'
              : field.endsWith('ash')
                ? 'f'.repeat(64)
                : 'other';
        entries[index] = { ...entries[index]!, [field]: other };
        assert.equal(verifyChain(entries, PUBLIC_KEY).ok, false, `${field} of entry ${index + 1}`);
      }
    }
  });

  it('notices an entry that was left out, doubled or moved', () => {
    const [one, two, three, four] = chainOf(EVIDENCES) as [
      HistoryEntry,
      HistoryEntry,
      HistoryEntry,
      HistoryEntry,
    ];
    for (const entries of [
      [one, three, four],
      [one, two, two, three],
      [two, one, three, four],
    ]) {
      assert.equal(verifyChain(entries, PUBLIC_KEY).ok, false);
    }
  });

  it('notices a chain that somebody else has sealed anew', () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const verdict = verifyChain(chainOf(EVIDENCES, stranger), PUBLIC_KEY);
    assert.deepEqual(verdict, { ok: false, problem: 'Entry 1 is not signed by the key of the report.' });
  });

  it('refuses a public key that is none, or of another kind', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    for (const key of ['', 'AAAA', rsa.export({ type: 'spki', format: 'der' }).toString('base64')]) {
      assert.equal(verifyChain(chainOf(EVIDENCES), key).ok, false);
    }
  });
});
