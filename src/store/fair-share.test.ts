import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMPANY_A, COMPANY_B } from '../../test/support/companies.ts';
import { testDatabase } from '../../test/support/database.ts';
import { Problem } from '../foundation/problem.ts';
import { shareByCompany } from './fair-share.ts';

test('one company that asks for more than its connections leaves one to another', async () => {
  const scene = await testDatabase();
  const pool = scene.createDatabase({ poolSize: 2, connectTimeoutMs: 2000 });
  const database = shareByCompany(pool, 1);
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const hold = (): Promise<void> => database.company(COMPANY_A, () => held);
  const busy = Array.from({ length: 17 }, hold);
  // Rejects as busy where the first company has both.
  assert.equal(await database.company(COMPANY_B, () => Promise.resolve(7)), 7);
  await assert.rejects(
    hold(),
    (error) => error instanceof Problem && /your company/.test(error.detail ?? ''),
  );
  letGo();
  await Promise.all(busy);
  assert.equal(await database.company(COMPANY_A, () => Promise.resolve(8)), 8);
});
