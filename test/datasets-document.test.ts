/** Every example of docs/datasets.md, as it stands there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { openHouse, type House } from './support/house.ts';
import { makeDataset } from './support/make-dataset.ts';

interface Example {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly answer: string;
}

const FIELD = /^([A-Z][A-Za-z-]*): (.+)$/;

const takeFields = (lines: string[]): Record<string, string> => {
  const fields: Record<string, string> = {};
  for (let match = FIELD.exec(lines[0] ?? ''); match !== null; match = FIELD.exec(lines[0] ?? '')) {
    fields[(match[1] ?? '').toLowerCase()] = match[2] ?? '';
    lines.shift();
  }
  return fields;
};

const readExample = (text: string): Example => {
  const at = text.search(/^[1-5][0-9][0-9]$/m);
  const sent = text.slice(0, at).trim().split('\n');
  const received = text.slice(at).trim().split('\n');
  const [method = '', path = ''] = (sent.shift() ?? '').split(' ');
  const headers = takeFields(sent);
  const status = Number(received.shift());
  const fields = takeFields(received);
  return {
    method,
    path,
    headers,
    body: sent.join('\n').trim(),
    status,
    fields,
    answer: received.join('\n'),
  };
};

const page = readFileSync(new URL('../docs/datasets.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```http\n([\s\S]*?)\n```/g)].map(([, text = '']) => readExample(text));

let house: House;

before(async () => {
  house = await openHouse();
  await house.store.superuser(
    "update vouchsafe.key set scopes = '{datasets:read,datasets:write}' where company_id = $1",
    [house.company],
  );
  await makeDataset(house.store, {
    company: house.company,
    name: 'wells',
    columns: [
      { name: 'id', type: 'int8' },
      { name: 'name', type: 'text' },
      { name: 'depth', type: 'numeric' },
      { name: 'logs', type: 'jsonb' },
    ],
    key: ['id'],
    rows: [
      { id: 1, name: 'Ekofisk', depth: 3200.5, logs: [{ top: 120 }] },
      { id: 2, name: 'Troll', depth: 1500, logs: null },
      { id: 3, name: 'Gullfaks', depth: 2100, logs: [] },
    ],
  });
});

const run = async ({ method, path, headers, body, status, fields, answer }: Example): Promise<void> => {
  const got = await house.get(path, {
    method,
    headers: {
      authorization: `Bearer ${house.key.secret.expose()}`,
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === '' ? {} : { body }),
  });
  assert.equal(got.status, status, got.body);
  for (const [name, value] of Object.entries(fields)) assert.equal(got.headers[name], value, name);
  if (/^[[{]/.test(answer)) assert.deepEqual(JSON.parse(got.body), JSON.parse(answer));
  else assert.equal(got.body, answer);
};

test('the page has examples of reading, writing, versions and errors', () => {
  assert.ok(examples.length >= 10, String(examples.length));
});

for (const [index, example] of examples.entries())
  test(`example ${index + 1} of the page: ${example.method} ${example.path}`, () => run(example));
