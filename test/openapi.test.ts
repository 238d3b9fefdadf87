/** The API's description: fresh, valid, complete, and true of real answers. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type House, openHouse, withKey } from './support/house.ts';
import { currentDocument } from './support/openapi.ts';
import { problemsDocument } from './support/problem-codes.ts';

type Json = Record<string, never>;
interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema?: object }> }>;
}

let house: House;
let document: { readonly openapi: string; readonly paths: Record<string, Record<string, Operation>> };
before(async () => {
  house = await openHouse();
  document = JSON.parse(await currentDocument()) as typeof document;
});

const operations = (): [path: string, operation: Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation): [string, Operation] => [path, operation]),
  );

describe('the OpenAPI document', () => {
  it('in docs/ is the one that the source gives', async () => {
    const written = readFileSync(new URL('../docs/openapi.json', import.meta.url), 'utf8');
    assert.equal(written, await currentDocument(), 'docs/openapi.json is stale: npm run openapi');
  });

  it('has the codes of all problems beside it', () => {
    const written = readFileSync(new URL('../docs/problems.md', import.meta.url), 'utf8');
    assert.equal(written, problemsDocument(), 'docs/problems.md is stale: npm run openapi');
    for (const code of ['missing_key', 'fresh_proof_required', 'last_owner', 'password_too_short'])
      assert.match(written, new RegExp(`\\| \`${code}\` \\|`), code);
  });

  it('is what the server shows', async () => {
    const shown = (await house.get('/docs/openapi.json')).json();
    assert.deepEqual(Object.keys(shown['paths'] as Json), Object.keys(document.paths));
  });

  it('describes every route of the API, and no other', () => {
    const described = operations().map(([, { operationId }]) => operationId);
    const api = house.app.routes.filter(
      ({ operation, path }) => !/^(?:pages|assets|dashboard)\./.test(operation) && !path.endsWith('*'),
    );
    assert.deepEqual(described.sort(), api.map(({ operation }) => operation).sort());
  });

  it('says what each operation answers to callers who may not', () => {
    for (const [path, operation] of operations()) {
      const route = house.app.routes.find((candidate) => candidate.operation === operation.operationId);
      assert.ok(route, path);
      if ('public' in route.access) continue;
      const isKeyed = 'secretKey' in route.access;
      assert.ok(
        Object.keys(operation.responses).some((status) => status.startsWith('2')),
        `${operation.operationId} does not describe what it is called for`,
      );
      for (const status of isKeyed ? ['401', '402', '403', '429', '503'] : ['401', '403', '429', '503']) {
        assert.ok(operation.responses[status], `${operation.operationId} does not describe ${status}`);
      }
    }
  });

  it('holds for real answers, of every status that it describes and that can be brought about', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const calls: [path: string, options: object, status: number][] = [
      ['/geocode/v1/json?q=Paris', withKey(house), 200],
      ['/geocode/v1/json?q=48.2,16.37', withKey(house), 200],
      ['/geocode/v1/json?q=NOWHERE-INTERESTING-AT-ALL', withKey(house), 200],
      ['/geocode/v1/json', withKey(house), 400],
      ['/geocode/v1/json?q=Paris', {}, 401],
      [`/geocode/v1/json?q=${'a'.repeat(2000)}`, withKey(house), 410],
      ['/geocode/v1/ping', {}, 200],
      ['/security.json', {}, 200],
      ['/security/history.json', {}, 200],
      ['/security/history.json?before=x', {}, 400],
    ];
    for (const [path, options, status] of calls) {
      const answer = await house.get(path, options);
      assert.equal(answer.status, status, path);
      const [place = ''] = path.split('?');
      const content = document.paths[place]?.['get']?.responses[String(status)]?.content;
      assert.ok(content, `${path} ${status} is not described`);
      const type = String(answer.headers['content-type']).split(';')[0] ?? '';
      const described = Object.entries(content).find(([name]) => name.startsWith(type));
      assert.ok(described, `${path} answers ${type}, which is not described`);
      const schema = described[1].schema;
      if (schema === undefined || type === 'text/plain') continue;
      const validate = ajv.compile({ ...schema, components: (document as never as Json)['components'] });
      assert.ok(validate(answer.json()), `${path}: ${JSON.stringify(validate.errors)}`);
    }
  });
});
