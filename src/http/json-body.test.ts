import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { requestOf } from '../../test/support/request.ts';
import { Opaque } from '../foundation/opaque.ts';
import { Problem } from '../foundation/problem.ts';
import { parseJsonBody } from './json-body.ts';

const schema = z.strictObject({
  name: z.string().min(1).max(5),
  role: z.enum(['owner', 'viewer']).optional(),
  hours: z.int().min(0).max(168).optional(),
  tags: z.array(z.string()).max(2).optional(),
});

const problemOf = (body: string, type = 'application/json'): Problem => {
  const request = requestOf({ headers: { 'content-type': type } });
  try {
    parseJsonBody({ ...request, body: new Opaque(Buffer.from(body, 'latin1')) }, schema);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return assert.fail('it was taken');
};

describe('a JSON body', () => {
  it('is refused with the field at fault and a sentence for people', () => {
    const cases: readonly (readonly [body: unknown, field: string, detail: RegExp])[] = [
      [{}, '/name', /^This is missing\.$/],
      [{ name: 7 }, '/name', /^This has to be of another kind: string\.$/],
      [{ name: '' }, '/name', /^This may not be empty\.$/],
      [{ name: 'secret!' }, '/name', /^This may be at most 5 characters\.$/],
      [{ name: 'a', role: 'king' }, '/role', /^This has to be one of: owner, viewer\.$/],
      [{ name: 'a', hours: 169 }, '/hours', /^This may be at most 168\.$/],
      [{ name: 'a', hours: -1 }, '/hours', /^This has to be at least 0\.$/],
      [{ name: 'a', tags: ['a', 'b', 'c'] }, '/tags', /^This may be at most 2 entries\.$/],
    ];
    for (const [body, field, detail] of cases) {
      const problem = problemOf(JSON.stringify(body));
      assert.deepEqual([problem.status, problem.code, problem.field], [400, 'invalid_request', field]);
      assert.match(problem.detail ?? '', detail);
    }
  });

  it('never shows what stood in it, not even the name of a field', () => {
    for (const body of ['{"hunter2":1,"name":"a"}', '{"name":"hunter2"}', '{"name":"a","role":"hunter2"}']) {
      const { title, detail = '', field = '' } = problemOf(body);
      assert.doesNotMatch(`${title} ${detail} ${field}`, /hunter2/);
    }
  });

  it('has to be JSON, in UTF-8, and not nested deeper than anybody needs', () => {
    assert.equal(problemOf('{', 'text/plain').status, 415);
    assert.equal(problemOf('{').code, 'invalid_json');
    assert.equal(problemOf('{"name":"\xff"}').code, 'invalid_json');
    assert.equal(problemOf('['.repeat(60_000)).code, 'invalid_json');
  });
});
