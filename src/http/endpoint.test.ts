import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { contextOf, requestOf, type RequestParts } from '../../test/support/request.ts';
import { Problem } from '../foundation/problem.ts';
import { defineEndpoint } from './endpoint.ts';
import type { Reply, Request } from './route.ts';

const seen: unknown[] = [];
const route = defineEndpoint({
  operation: 'things.create',
  method: 'POST',
  path: '/v1/things/:thing',
  access: { public: 'a test' },
  tag: 'Things',
  summary: 'Makes a thing',
  description: 'For this test.',
  params: { thing: z.string().max(5) },
  query: { limit: z.coerce.number().int().max(100).optional() },
  body: z.strictObject({ name: z.string().max(10), inner: z.strictObject({ size: z.int() }).optional() }),
  reply: { status: 201, description: 'Made', schema: z.object({ name: z.string() }) },
  handle: (input) => {
    seen.push(input);
    return { body: { name: input.body.name, secret: 'not promised' }, cookies: ['a=1', 'b=2'] };
  },
});

const ask = async (parts: RequestParts, thing = 'one'): Promise<Reply> => {
  const request: Request = { ...requestOf({ method: 'POST', ...parts }), params: { thing } };
  return route.handle(route.parse(request), contextOf(request));
};

const problemFor = async (parts: RequestParts, thing?: string): Promise<Problem> => {
  try {
    await ask(parts, thing);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  throw new Error('nothing was refused');
};
const faultOf = async (parts: RequestParts, thing?: string): Promise<unknown[]> => {
  const { status, code, field } = await problemFor(parts, thing);
  return [status, code, field];
};

describe('an endpoint', () => {
  it('hands on what its schemas made of the request, and nothing that it did not promise', async () => {
    const reply = await ask({ body: { name: 'a' }, search: 'limit=5' });
    assert.deepEqual(seen.at(-1), { params: { thing: 'one' }, query: { limit: 5 }, body: { name: 'a' } });
    assert.equal(reply.status, 201);
    assert.equal(reply.body, '{"name":"a"}');
    assert.equal(reply.headers['cache-control'], 'no-store');
    assert.deepEqual(reply.extra, ['set-cookie', 'a=1', 'set-cookie', 'b=2']);
  });

  it('names the field at fault', async () => {
    assert.deepEqual(await faultOf({ body: {} }), [400, 'invalid_request', '/name']);
    assert.deepEqual(await faultOf({ body: { name: 'x'.repeat(11) } }), [400, 'invalid_request', '/name']);
    assert.deepEqual(await faultOf({ body: { name: 'a', inner: { size: 'b' } } }), [
      400,
      'invalid_request',
      '/inner/size',
    ]);
    assert.deepEqual(await faultOf({ body: { name: 'a' }, search: 'limit=x' }), [
      400,
      'invalid_request',
      'limit',
    ]);
    assert.deepEqual(await faultOf({ body: { name: 'a' } }, 'longer'), [400, 'invalid_request', 'thing']);
    for (const search of ['limit=1&limit=2', 'limit=%ff'])
      assert.deepEqual(await faultOf({ body: { name: 'a' }, search }), [400, 'invalid_request', 'limit']);
  });

  it('refuses fields that it does not know, those of a prototype too', async () => {
    for (const body of [
      '{"name":"a","more":1}',
      '{"name":"a","__proto__":{"size":1}}',
      '{"name":"a","constructor":{}}',
      '{"name":"a","inner":{"size":1,"more":2}}',
    ]) {
      const { status, code } = await problemFor({ body, headers: { 'content-type': 'application/json' } });
      assert.deepEqual([status, code], [400, 'invalid_request'], body);
    }
  });

  it('takes JSON in UTF-8 and nothing else', async () => {
    const json = { 'content-type': 'application/json' };
    for (const body of ['{', '{"name":"a"}}', "{'name':'a'}", '{"name":NaN}', '\u{1}'])
      assert.deepEqual(await faultOf({ body, headers: json }), [400, 'invalid_json', undefined], body);
    for (const body of ['null', '[]', '"a"', '1'])
      assert.equal((await problemFor({ body, headers: json })).code, 'invalid_request', body);
    const latin = { ...requestOf({ method: 'POST', headers: json }), params: { thing: 'a' } };
    const bytes = { expose: () => Buffer.from('{"name":"ü"}', 'latin1') } as unknown as Request['body'];
    assert.throws(() => route.parse({ ...latin, body: bytes }), { code: 'invalid_json' });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'multipart/form-data',
      '',
      'application/json; charset=latin1',
    ])
      assert.deepEqual(await faultOf({ body: { name: 'a' }, headers: { 'content-type': type } }), [
        415,
        'unsupported_media_type',
        'content-type',
      ]);
    for (const type of ['application/json', 'APPLICATION/JSON', 'application/json; charset=utf-8'])
      assert.equal((await ask({ body: { name: 'a' }, headers: { 'content-type': type } })).status, 201);
  });

  it('refuses what is nested too deeply, without falling over', async () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const headers = { 'content-type': 'application/json' };
    assert.deepEqual(await faultOf({ body: deep, headers }), [400, 'invalid_json', undefined]);
    const inText = JSON.stringify({ name: '[{"[' });
    assert.equal((await ask({ body: inText, headers })).status, 201);
  });

  it('never says anything of what it was sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string({ minLength: 6 }), async (value, mark) => {
        const body = { name: 1, inner: value, [`MARK${mark}`]: `MARK${mark}` };
        const { title, detail, field } = await problemFor({ body }, `MARK${mark}`);
        return !`${title} ${detail} ${field}`.includes('MARK');
      }),
    );
  });
});
