/** A security report and an OpenAPI document with every case that the pages have to show. */
import type { PromiseView, SecurityReport } from '../../src/promises/report.ts';

const promise = (id: string, more: Partial<PromiseView>): PromiseView => ({
  id,
  sentence:
    'Every answer travels over TLS 1.3 or 1.2; plain HTTP is answered with a redirect and nothing else.',
  kind: 'repeatable from outside',
  state: 'kept',
  enforcedBy: 'The public listener is TLS with minVersion TLSv1.2; the plain one has no routes.',
  checkedAt: '2026-11-22T02:41:45.123Z',
  evidence: 'TLSv1.3, AES-256-GCM; TLS 1.1 refused; plain HTTP answered 308.',
  ...more,
});

const installation = { name: 'Example Geocoder', url: 'https://geo.example.org', version: '0.1.0' };
const publicKey = 'ed25519:Yk8b0nP1xv2mQ4z6V7c9eT3rS5uW8aD1fG2hJ4kL6pQ=';

/** Hostile text that no page may let out of its place. */
export const HOSTILE = `</h3><script>alert(1)</script><img src=x onerror="alert(1)"> " ' & \${evil}`;

export const mixedReport: SecurityReport = {
  installation,
  generatedAt: '2026-11-22T02:45:00.000Z',
  promises: [
    promise('tls-only', {
      repeat:
        "curl -sS -o /dev/null -w '%{http_code} %{redirect_url} %{ssl_verify_result}\\n' http://geo.example.org/geocode/v1/json?q=Paris%2C%20Texas\nopenssl s_client -connect geo.example.org:443 -tls1_1 </dev/null",
    }),
    promise('no-query-kept', {
      sentence: 'No query, address or body is kept: not in a log, not in a table, not in a metric.',
      kind: 'proved by schema',
      enforcedBy: 'No column of any table can hold one; the logger has no field for one.',
      evidence: '14 tables, 83 columns read; none outside the list of counters, ids and digests.',
    }),
    promise('revocation-in-a-second', {
      sentence: 'A revoked key is refused everywhere within 1 s; last measured: 38 ms.',
      kind: 'canary-tested',
      state: 'broken',
      enforcedBy: 'LISTEN/NOTIFY to every worker, with a poll under it.',
      evidence: `The canary key was still accepted after 2,400 ms. ${HOSTILE}`,
    }),
    promise('database-off-the-network', {
      sentence: 'The database listens on no network port.',
      kind: 'enforced by configuration',
      state: 'unchecked',
      checkedAt: null,
      evidence: '',
    }),
    promise('staff', {
      sentence: 'Two people can reach the machine, both with a hardware key.',
      kind: 'attested by a person',
      state: 'unchecked',
      enforcedBy: 'Jo Example, operator, 2026-11-01.',
      checkedAt: null,
      evidence: '',
    }),
  ],
  history: {
    entries: 1812,
    head: 'sha256:3f0a9c0e7d55b1c2a4e68f90b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8',
    publicKey,
  },
};

export const emptyReport: SecurityReport = {
  installation,
  generatedAt: '2026-11-22T02:45:00.000Z',
  promises: [],
  history: { entries: 0, head: null, publicKey },
};

const json = (schema: object): object => ({ 'application/json': { schema } });

const geocode = (operationId: string, summary: string): object => ({
  operationId,
  tags: ['Geocoding'],
  summary,
  description: 'The envelope follows the contract, with `results`, `status` and `timestamp`.',
  parameters: [
    {
      name: 'q',
      in: 'query',
      required: true,
      description: 'What to find.',
      schema: { type: 'string' },
      example: 'Paris, Texas',
    },
    {
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 100 },
      example: 1,
    },
  ],
  responses: {
    200: {
      description: 'The places',
      content: json({ type: 'object', properties: { total_results: { type: ['integer', 'null'] } } }),
    },
    401: { description: 'No such key', content: json({ type: 'object' }) },
  },
});

/** An OpenAPI 3.1 document with several operations under one server. */
export const sampleDocument = (url: string): object => ({
  openapi: '3.1.0',
  info: { title: 'Vouchsafe', version: '0.1.0', description: 'Data APIs of this server.' },
  servers: [{ url }],
  security: [{ headerKey: [] }],
  tags: [{ name: 'Geocoding', description: 'Places and coordinates' }, { name: 'Pages' }],
  components: { securitySchemes: { headerKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } } },
  paths: {
    '/geocode/v1/json': { get: geocode('geocoding.query', 'Find places or name coordinates') },
    '/geocode/v1/geojson': { get: geocode('geocoding.geojson', 'The same as GeoJSON') },
    '/security.json': {
      get: {
        operationId: 'promises.list',
        tags: ['Pages'],
        summary: 'The promises, for machines',
        security: [],
        responses: { 200: { description: 'The report', content: json({ type: 'object' }) } },
      },
    },
  },
});
