/** The promise that datasets are their company's, kept by a server that asks each time and broken by others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { systemClock } from '../foundation/clock.ts';
import { hmacKey, randomSecretBytes } from '../foundation/secret.ts';
import type { SeenAnswer } from '../http/promises.ts';
import { createKeys } from '../keys/service.ts';
import { createCanaryPeople } from './canary-people.ts';
import { datasetsApart } from './datasets-apart.ts';

const PATH = /^\/v1\/companies\/(com_\w+)\/datasets(?:\/(dst_\w+))?/;

/** How a server could fail. */
type Fault =
  | 'none'
  | 'says that it is forbidden'
  | 'remembers decisions'
  | 'lists everything'
  | 'mixes rights';

const check = async (fault: Fault): Promise<string> => {
  const { database, superuser } = await testDatabase();
  const clock = systemClock;
  const keys = createKeys({ database, pepper: hmacKey(randomSecretBytes(32)), pepperId: 0, clock });
  const people = createCanaryPeople({
    database,
    keys,
    clock,
    sessionCookie: async ({ user }) => `user=${user}; Path=/`,
  });
  const remembered = new Set<string>();
  const sees = async (company: string, user: string, dataset: string): Promise<boolean> => {
    const rows = await superuser(
      `select d.id from vouchsafe.dataset d where d.id = $3 and (d.company_id = $1
         or (exists (select from vouchsafe.dataset_grant g where g.user_id = $2 and (g.dataset_id = d.id or $4))
             and (d.may_be_shared_outside or $4)))`,
      [company, user, dataset, fault === 'mixes rights'],
    );
    return rows.length > 0;
  };
  const answer = (status: number, body = ''): SeenAnswer => ({ status, headers: {}, body });
  const ask = async (path: string, cookie: string): Promise<SeenAnswer> => {
    const [, company = '', dataset] = PATH.exec(path) ?? [];
    const user = cookie.slice('user='.length);
    if (dataset === undefined) {
      const rows = fault === 'lists everything' ? await superuser('select id from vouchsafe.dataset') : [];
      return answer(200, JSON.stringify(rows));
    }
    const isSeen = await sees(company, user, dataset);
    if (isSeen) remembered.add(`${user} ${dataset}`);
    if (isSeen || (fault === 'remembers decisions' && remembered.has(`${user} ${dataset}`)))
      return answer(200);
    const rows = await superuser('select from vouchsafe.dataset where id = $1', [dataset]);
    return answer(fault === 'says that it is forbidden' && rows.length > 0 ? 403 : 404);
  };
  const { state } = await datasetsApart({ people, database, ask, clock }).check();
  assert.deepEqual(await superuser('select from vouchsafe.dataset'), [], 'nothing is left');
  return state;
};

test('a server that asks each time keeps it', async () => {
  assert.equal(await check('none'), 'kept');
});

for (const fault of [
  'says that it is forbidden',
  'remembers decisions',
  'lists everything',
  'mixes rights',
] as const)
  test(`a server that ${fault} breaks it`, async () => {
    assert.equal(await check(fault), 'broken');
  });
