/** `@supabase/postgrest-js`, unchanged, against a real server: what its users write, and what they get. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { PostgrestClient } from '@supabase/postgrest-js';
import { makeDataset } from './support/make-dataset.ts';
import { openHouse, type House } from './support/house.ts';

let house: House;
let client: PostgrestClient;

/** `fetch` over the house's own certificate authority, with everything that the client put into the request. */
const fetchFrom =
  ({ get }: Pick<House, 'get'>): typeof fetch =>
  async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const { method = 'GET', body } = init ?? {};
    const answer = await get(url.pathname + url.search, {
      method,
      headers,
      ...(typeof body === 'string' ? { body } : {}),
    });
    const fields = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    );
    const isEmpty = method === 'HEAD' || answer.status === 204;
    return new Response(isEmpty ? null : answer.body, { status: answer.status, headers: fields });
  };

before(async () => {
  house = await openHouse();
  await house.store.superuser(
    "update vouchsafe.key set scopes = '{datasets:read,datasets:write}' where company_id = $1",
    [house.company],
  );
  const secret = house.key.secret.expose();
  client = new PostgrestClient('https://localhost/datasets/v1', {
    headers: { apikey: secret, Authorization: `Bearer ${secret}` },
    fetch: fetchFrom(house),
  });
  await makeDataset(house.store, {
    company: house.company,
    name: 'messages',
    columns: [
      { name: 'id', type: 'int8' },
      { name: 'username', type: 'text' },
      { name: 'message', type: 'text' },
      { name: 'tags', type: 'text[]' },
      { name: 'data', type: 'jsonb' },
      { name: 'during', type: 'int4range' },
    ],
    key: ['id'],
    rows: [
      {
        id: 1,
        username: 'supabot',
        message: 'Hello World',
        tags: ['a', 'b'],
        data: { n: 1 },
        during: '[1,5)',
      },
      {
        id: 2,
        username: 'supabot',
        message: 'Perfection, with (commas)',
        tags: ['b'],
        data: { n: 2 },
        during: '[5,9)',
      },
      { id: 3, username: 'kiwicopple', message: null, tags: null, data: null, during: null },
    ],
  });
});

test('its filters, orders and pages', async () => {
  const messages = (): ReturnType<ReturnType<PostgrestClient['from']>['select']> =>
    client.from('messages').select('id');
  const idsOf = async (query: PromiseLike<{ data: unknown; error: unknown }>): Promise<unknown> => {
    const { data, error } = await query;
    assert.equal(error, null);
    return (data as readonly { readonly id: number }[]).map(({ id }) => id);
  };
  assert.deepEqual(await idsOf(messages()), [1, 2, 3]);
  assert.deepEqual(await idsOf(messages().eq('username', 'supabot')), [1, 2]);
  assert.deepEqual(await idsOf(messages().neq('id', 1)), [2, 3]);
  assert.deepEqual(await idsOf(messages().gt('id', 1).lte('id', 3)), [2, 3]);
  assert.deepEqual(await idsOf(messages().like('message', '%World%')), [1]);
  assert.deepEqual(await idsOf(messages().ilikeAnyOf('message', ['%world%', '%PERF%'])), [1, 2]);
  assert.deepEqual(await idsOf(messages().is('message', null)), [3]);
  assert.deepEqual(await idsOf(messages().in('username', ['supabot', 'o,"d)d'])), [1, 2]);
  assert.deepEqual(await idsOf(messages().contains('tags', ['a'])), [1]);
  assert.deepEqual(await idsOf(messages().containedBy('tags', ['b', 'c'])), [2]);
  assert.deepEqual(await idsOf(messages().contains('data', { n: 2 })), [2]);
  assert.deepEqual(await idsOf(messages().rangeGte('during', '[5,9)')), [2]);
  assert.deepEqual(await idsOf(messages().overlaps('tags', ['a'])), [1]);
  assert.deepEqual(await idsOf(messages().textSearch('message', 'hello & world')), [1]);
  assert.deepEqual(await idsOf(messages().match({ username: 'supabot', id: 2 })), [2]);
  assert.deepEqual(await idsOf(messages().not('id', 'eq', 1)), [2, 3]);
  assert.deepEqual(await idsOf(messages().or('id.eq.1,and(id.gt.2,username.eq.kiwicopple)')), [1, 3]);
  assert.deepEqual(await idsOf(messages().filter('data->n', 'eq', 2)), [2]);
  assert.deepEqual(await idsOf(messages().order('id', { ascending: false }).limit(2)), [3, 2]);
  assert.deepEqual(await idsOf(messages().order('message', { nullsFirst: true }).order('id')), [3, 1, 2]);
  assert.deepEqual(await idsOf(messages().range(1, 1)), [2]);
});

test('its renames, casts, counts, single rows and CSV', async () => {
  const renamed = await client.from('messages').select('who:username,number:id::text,data->n').eq('id', 1);
  assert.deepEqual(renamed.data, [{ who: 'supabot', number: '1', n: 1 }]);
  const counted = await client.from('messages').select('*', { count: 'exact', head: true });
  assert.deepEqual([counted.count, counted.data, counted.status], [3, null, 200]);
  const single = await client.from('messages').select('id').eq('id', 2).single();
  assert.deepEqual(single.data, { id: 2 });
  const none = await client.from('messages').select('id').eq('id', 9).maybeSingle();
  assert.deepEqual([none.data, none.error], [null, null]);
  const many = await client.from('messages').select('id').single();
  assert.equal(many.error?.code, 'PGRST116');
  const csv = await client.from('messages').select('id,username').csv();
  assert.equal(csv.data, 'id,username\n1,supabot\n2,supabot\n3,kiwicopple');
  const sums = await client.from('messages').select('username,id.sum()').order('username');
  assert.deepEqual(sums.data, [
    { username: 'kiwicopple', sum: 3 },
    { username: 'supabot', sum: 3 },
  ]);
});

test('its inserts, upserts, updates and deletes', async () => {
  const inserted = await client.from('messages').insert({ id: 10, username: 'new' }).select('id,username');
  assert.deepEqual([inserted.status, inserted.data], [201, [{ id: 10, username: 'new' }]]);
  const several = await client.from('messages').insert([{ id: 11 }, { id: 12, username: 'twelve' }]);
  assert.deepEqual([several.status, several.error], [201, null]);
  const upserted = await client
    .from('messages')
    .upsert({ id: 11, username: 'eleven' }, { onConflict: 'id' })
    .select('username')
    .single();
  assert.deepEqual(upserted.data, { username: 'eleven' });
  const ignored = await client
    .from('messages')
    .upsert({ id: 11, username: 'other' }, { ignoreDuplicates: true })
    .select();
  assert.deepEqual(ignored.data, []);
  const updated = await client
    .from('messages')
    .update({ username: 'changed' })
    .gte('id', 10)
    .select('id')
    .order('id');
  assert.deepEqual(updated.data, [{ id: 10 }, { id: 11 }, { id: 12 }]);
  const deleted = await client.from('messages').delete({ count: 'exact' }).gte('id', 10);
  assert.deepEqual([deleted.count, deleted.status], [3, 204]);
  const all = await client.from('messages').delete();
  assert.deepEqual([all.status, all.error?.code], [400, '21000']);
});

test('its errors, as PostgREST gives them', async () => {
  const absent = await client.from('absent').select();
  assert.deepEqual([absent.status, absent.error?.code], [404, 'PGRST205']);
  const column = await client.from('messages').select('nope');
  assert.deepEqual([column.status, column.error?.code], [400, '42703']);
  const twice = await client.from('messages').insert({ id: 1 });
  assert.deepEqual([twice.status, twice.error?.code], [409, '23505']);
  const stranger = new PostgrestClient('https://localhost/datasets/v1', {
    headers: { apikey: 'none', Authorization: 'Bearer none' },
    fetch: fetchFrom(house),
  });
  const refused = await stranger.from('messages').select();
  assert.deepEqual([refused.status, refused.error?.code], [401, 'PGRST301']);
});
