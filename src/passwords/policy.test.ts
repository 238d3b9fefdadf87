import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Problem } from '../foundation/problem.ts';
import { Secret } from '../foundation/secret.ts';
import { createHashThreads } from './hash-threads.ts';
import { requireGoodPassword, reviewPassword } from './policy.ts';

const RULES = { hasSecondFactor: false, userInputs: ['jane.doe@example.org', 'Vindkraft'] };

describe('the review of a password', () => {
  const hasher = createHashThreads({ count: 1, queueLimit: 8 });
  after(() => hasher.close());

  it('finds nothing wrong with a good one', async () => {
    const good = new Secret('velvet otter marches north');
    assert.deepEqual(await reviewPassword(hasher, good, RULES, 'a'), { faults: [], hint: undefined });
    await requireGoodPassword(hasher, good, RULES, 'a');
  });

  it('names each fault, and never quotes the password', async () => {
    const bad: [string, string][] = [
      ['velvet otter', 'password_too_short'],
      ['v'.repeat(257), 'password_too_long'],
      ['correct horse battery staple', 'password_common'],
      ['velvet vindkraft otter marches', 'password_contains_identity'],
      ['asdfghjklqwertyuiop', 'password_guessable'],
    ];
    for (const [text, code] of bad) {
      await assert.rejects(requireGoodPassword(hasher, new Secret(text), RULES, 'a'), (error) => {
        assert.ok(error instanceof Problem);
        assert.deepEqual([error.status, error.code, error.field], [400, code, '/password']);
        assert.equal(`${error.title} ${error.detail ?? ''}`.includes(text), false);
        return true;
      });
    }
  });

  it('does not trouble a thread with what is too long to be looked at', async () => {
    const closed = createHashThreads({ count: 1, queueLimit: 8 });
    await closed.close();
    const { faults } = await reviewPassword(closed, new Secret('x'.repeat(60_000)), RULES, 'a');
    assert.deepEqual(faults, ['password_too_long']);
  });
});
