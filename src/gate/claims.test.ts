import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../foundation/ids.ts';
import { checkClaims, IDLE_MS, sessionClaimsOf, SESSION_MS, type SessionTicket } from './claims.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;
const ticket: SessionTicket = {
  session: newId('ses', NOW),
  user: newId('usr', NOW),
  credentialEpoch: 1,
  proofs: ['pwd'],
  provenAt: NOW,
  startedAt: NOW,
};
const claims = sessionClaimsOf(ticket, NOW);

const reasonOf = (value: unknown, now = NOW): string => {
  const checked = checkClaims('session', value, now);
  return checked.ok ? 'good' : checked.reason;
};

describe('what a session’s token says', () => {
  it('holds for an hour without use, and twelve in all', () => {
    assert.equal(reasonOf(claims), 'good');
    assert.equal(reasonOf(claims, NOW + IDLE_MS - 1), 'good');
    assert.equal(reasonOf(claims, NOW + IDLE_MS), 'expired');
    const last = sessionClaimsOf(ticket, NOW + SESSION_MS - 60_000);
    assert.equal(last.exp, last.abs);
    assert.equal(reasonOf(last, NOW + SESSION_MS), 'expired');
  });

  it('is not believed when it comes from the future, beyond what clocks differ', () => {
    assert.equal(reasonOf(claims, NOW - 59_000), 'good');
    assert.equal(reasonOf(claims, NOW - 61_000), 'from-the-future');
    assert.equal(reasonOf({ ...claims, proven_at: claims.iat + 120 }), 'from-the-future');
  });

  it('is not believed when it gives itself more time than there is', () => {
    assert.equal(reasonOf({ ...claims, exp: claims.exp + 1 }), 'not-claims');
    assert.equal(reasonOf({ ...claims, abs: claims.abs + 1 }), 'not-claims');
    assert.equal(reasonOf({ ...claims, abs: claims.exp - 1 }), 'not-claims');
    assert.equal(reasonOf({ ...claims, exp: 1e12 }), 'not-claims');
  });

  it('is not believed in any other form', () => {
    const { sid: _sid, ...withoutSession } = claims;
    for (const other of [
      withoutSession,
      null,
      [],
      'claims',
      { ...claims, v: 2 },
      { ...claims, role: 'owner' },
      { ...claims, sub: claims.sid },
      { ...claims, sub: `${claims.sub} ` },
      { ...claims, ep: 0 },
      { ...claims, ep: '1' },
      { ...claims, amr: [] },
      { ...claims, amr: ['god'] },
      { ...claims, iat: claims.iat + 0.5 },
      { ...claims, iat: Number.NaN },
    ]) {
      assert.equal(reasonOf(other), 'not-claims', JSON.stringify(other));
    }
  });

  it('is told apart from what the other kinds say', () => {
    const { v, sub, iat, ep } = claims;
    const pending = { v, sub, iat, exp: iat + 600, ep };
    assert.ok(checkClaims('pending', pending, NOW).ok);
    assert.equal(reasonOf(pending), 'not-claims');
    assert.ok(!checkClaims('pending', claims, NOW).ok);
    assert.ok(!checkClaims('pending', { ...pending, exp: iat + 601 }, NOW).ok);
    assert.ok(!checkClaims('pending', pending, NOW + HOUR).ok);
  });
});
