/** The dashboard's types say what the API's description says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { generate, type OpenApiDocument } from '../dashboard/scripts/generate-types.ts';
import { typeOf, type Schema } from '../dashboard/scripts/schema-type.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('a type from a schema', () => {
  const cases: [string, Schema, string][] = [
    ['a text', { type: 'string' }, 'string'],
    ['a whole number', { type: 'integer' }, 'number'],
    ['a choice', { type: 'string', enum: ['a', 'b'] }, "'a' | 'b'"],
    ['a constant', { const: 'signed_in' }, "'signed_in'"],
    ['what may be null', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    ['two types at once', { type: ['string', 'null'] }, 'string | null'],
    ['a list of choices', { type: 'array', items: { enum: ['a', 'b'] } }, "('a' | 'b')[]"],
    ['a pair', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] }, '[string, number]'],
    [
      'an object with what may be left out',
      {
        type: 'object',
        properties: { a: { type: 'string' }, 'b-c': { type: 'number' } },
        required: ['a'],
        additionalProperties: false,
      },
      "{ a: string; 'b-c'?: number | undefined }",
    ],
    ['a record', { type: 'object', additionalProperties: { type: 'number' } }, 'Record<string, number>'],
    [
      'nothing at all',
      { type: 'object', properties: {}, additionalProperties: false },
      'Record<string, never>',
    ],
    [
      'both of two',
      { allOf: [{ type: 'string' }, { anyOf: [{ const: 1 }, { const: 2 }] }] },
      'string & (1 | 2)',
    ],
    ['anything', {}, 'unknown'],
  ];
  for (const [what, schema, type] of cases) {
    it(`is right for ${what}`, () => assert.equal(typeOf(schema), type));
  }

  it('follows a reference, and refuses one that leads nowhere', () => {
    assert.equal(typeOf({ $ref: '#/components/schemas/A' }, { A: { type: 'boolean' } }), 'boolean');
    const own: Schema = { type: 'array', items: { $ref: '#/$defs/C' }, $defs: { C: { type: 'null' } } };
    assert.equal(typeOf(own), 'null[]');
    assert.throws(() => typeOf({ $ref: '#/components/schemas/B' }), /nothing at/);
  });

  it('refuses a word that it does not know', () => {
    assert.throws(() => typeOf({ type: 'quaternion' }), /quaternion/);
  });
});

describe('the types of the API', () => {
  it('hold parameters, query, body and reply of what lies under /v1, and nothing else', () => {
    const { 'types.gen.ts': types = '', 'operations.gen.ts': table = '' } = generate({
      paths: {
        '/v1/things/{thing}': {
          patch: {
            operationId: 'things.change',
            parameters: [
              { name: 'thing', in: 'path', required: true, schema: { type: 'string' } },
              { name: 'dry', in: 'query', schema: { type: 'boolean' } },
            ],
            requestBody: {
              content: {
                'application/json': { schema: { type: 'object', properties: { a: { type: 'string' } } } },
              },
            },
            responses: { 200: { content: { 'application/zip': {} } } },
          },
          delete: { operationId: 'things.remove', responses: { 204: {} } },
        },
        '/geocode/v1/json': { get: { operationId: 'geocoding.forward', responses: {} } },
      },
    });
    assert.match(
      types,
      /'things\.change': \{\s+params: \{ thing: string \};\s+query: \{ dry\?: boolean \| undefined \};/,
    );
    assert.match(types, /body: \{ a\?: string \| undefined \};\s+reply: Blob;/);
    assert.match(types, /'things\.remove': \{[^}]*reply: undefined;/);
    assert.match(table, /'things\.change': \['PATCH', '\/v1\/things\/\{thing\}'\],/);
    assert.doesNotMatch(types + table, /geocoding/);
  });

  it('are those of docs/openapi.json (else: node dashboard/scripts/generate-types.ts)', () => {
    const document = JSON.parse(read('docs/openapi.json')) as OpenApiDocument;
    for (const [name, text] of Object.entries(generate(document)))
      assert.equal(read(`dashboard/src/api/${name}`), text, name);
  });
});
