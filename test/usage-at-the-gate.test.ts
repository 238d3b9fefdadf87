/** Who called with which key, and how it went, from the door of two processes to the numbers that their owner sees. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openHouse, type Answer } from './support/house.ts';
import { signIn } from './support/people.ts';

const GEOCODE = '/geocode/v1/json';

test('calls with keys, from pages and without a key are counted apart, over all processes, and shown', async () => {
  const house = await openHouse();
  const owner = await signIn(house, { memberships: { [house.company]: 'owner' } });
  const api = (method: string, path: string, body?: unknown): Promise<Answer> =>
    house.call(method, `/v1/companies/${house.company}${path}`, {
      cookie: owner.cookie,
      ...(body === undefined ? {} : { body }),
    });
  const made = await api('POST', `/projects/${house.project}/domains`, { domain: 'shop.example' });
  assert.equal(made.status, 201);
  const second = await openHouse({ beside: house });
  const page = await house.keys.create({ company: house.company, project: house.project, name: 'Page' });
  const headers = { origin: 'https://shop.example', 'sec-fetch-mode': 'cors' };
  const calls: readonly [search: string, times: number, options: object][] = [
    [`?q=Paris&key=${house.key.secret.expose()}`, 3, {}],
    [`?q=48.85,2.35&key=${house.key.secret.expose()}`, 2, {}],
    [`?key=${house.key.secret.expose()}`, 4, {}],
    [`?q=Paris&key=${page.publicKey}`, 5, { headers }],
    [`?q=Paris&pid=${house.project}`, 6, { headers }],
  ];
  for (const at of [house, second])
    for (const [search, times, options] of calls)
      for (let time = 0; time < times; time += 1) await at.get(`${GEOCODE}${search}`, options);
  await second.close();

  interface Shown {
    readonly total: { readonly ok: number; readonly refused: number };
    readonly keys: readonly { key: string | null; name: string | null; ok: number; refused: number }[];
    readonly operations: readonly { operation: string; ok: number; durations: object | null }[];
  }
  let shown: Shown;
  do {
    await pause(50);
    shown = (await api('GET', '/usage')).json() as unknown as Shown;
  } while (shown.total.ok + shown.total.refused < 40);
  assert.deepEqual(
    shown.keys
      .map(({ key, name, ok, refused }) => [key, name, ok, refused])
      .toSorted((a, b) => Number(a[2]) - Number(b[2])),
    [
      [house.key.id, 'Key', 10, 8],
      [page.id, 'Page', 10, 0],
      [null, null, 12, 0],
    ],
  );
  assert.deepEqual(
    shown.operations.map(({ operation, ok, durations }) => [operation, ok, durations !== null]),
    [
      ['geocoding.forward', 28, true],
      ['geocoding.reverse', 4, true],
    ],
  );

  const file = await api('GET', `/usage.csv?key=${page.id}`);
  assert.match(String(file.headers['content-type']), /^text\/csv; charset=utf-8/);
  assert.match(String(file.headers['content-disposition']), /^attachment; filename="usage-\d{4}-\d\d-\d\d-/);
  const [, row, ...rest] = file.body.split('\r\n');
  assert.match(row ?? '', new RegExp(`"${page.id}","Page","geocoding.forward","ok","10",`));
  assert.deepEqual(rest, ['']);
  assert.equal((await house.get(`/v1/companies/${house.company}/usage.csv`)).status, 401);
});
