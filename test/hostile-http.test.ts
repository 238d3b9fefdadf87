/**
 * A real listener with a small route table, and everything that hostile, broken or slow clients send.
 * Whatever comes, the server answers or closes within its limits, keeps answering good requests, and shows nothing
 * of its inside or of what was sent.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { systemClock } from '../src/foundation/clock.ts';
import type { Problem } from '../src/foundation/problem.ts';
import { methodNotAllowed, notFound } from '../src/http/edge-problems.ts';
import type { AnyRoute, ErrorForm, Reply, Request } from '../src/http/route.ts';
import { createRouter } from '../src/http/router.ts';
import { createEdge, type Edge } from '../src/http/server.ts';
import { contextOf } from './support/request.ts';

const MARK = 'marker7f3a9c';
const LIMITS = {
  headersTimeoutMs: 300,
  requestTimeoutMs: 600,
  checkIntervalMs: 50,
  keepAliveTimeoutMs: 1_000,
  idleTimeoutMs: 1_500,
  lingerMs: 100,
  maxBodyBytes: 1_000,
  maxHeaderCount: 40,
};
/** Nothing may live longer than the longest of the limits with some room for a busy machine. */
const PATIENCE_MS = 8_000;

const contractForm: ErrorForm = (problem: Problem): Reply => ({
  status: problem.status,
  reason: 'Contract',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ contract: problem.status }),
});

let bugs = 0;
let handled = 0;
const route = (
  operation: string,
  path: string,
  handle: AnyRoute['handle'],
  errors?: ErrorForm,
): AnyRoute => ({
  operation,
  method: 'GET',
  path,
  access: { secretKey: 'geocoding:read' },
  cost: 1,
  overPlainHttp: 'redirect',
  docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
  parse: (request: Request) => request,
  handle,
  ...(errors === undefined ? {} : { errors }),
});

// Frozen, as those of the services are, so that answers go out whole wherever they can.
const good: Reply = {
  status: 200,
  headers: Object.freeze({ 'content-type': 'text/plain' }),
  body: 'good',
};
const router = createRouter(
  [
    route('good.get', '/good', () => good),
    route('slow.get', '/slow', () => new Promise((resolve) => setTimeout(() => resolve(good), 50))),
    route('bug.get', '/bug', () => {
      throw new TypeError(`${MARK} at /etc/inner`);
    }),
    route('late.get', '/late', () => Promise.reject(new Error(MARK))),
    route('header.get', '/header', () => ({ ...good, headers: { 'x-broken': 'a\r\nset-cookie: b' } })),
    route(
      'geocoding.query',
      '/geocode/v1/json',
      (request: Request) => {
        const { values, malformed } = request.query.expose();
        const length = values.get('q')?.length ?? -1;
        return { ...good, body: malformed.has('q') ? 'malformed' : `length ${String(length)}` };
      },
      contractForm,
    ),
  ],
  [{ prefix: '/geocode/', errors: contractForm }],
);

const handler = (request: Request): Reply | Promise<Reply> => {
  handled += 1;
  const match = router.match(request.method, request.path);
  const context = { now: 0, quota: undefined, request };
  if (match.kind === 'none') return match.errors(notFound(), context);
  if (match.kind === 'method') return match.errors(methodNotAllowed(match.allow), context);
  return match.route.handle(match.route.parse(request), contextOf(request));
};

let edge: Edge;
let port: number;
before(async () => {
  edge = createEdge({
    handler,
    onError: () => {
      bugs += 1;
      return { status: 500, headers: { 'content-type': 'text/plain' }, body: 'our fault' };
    },
    errorsFor: router.errorsFor,
    clock: systemClock,
    limits: LIMITS,
  });
  ({ port } = await edge.listen({ port: 0, host: '127.0.0.1' }));
});
after(() => edge.close(0));

/** Sends pieces one after another and collects all that comes back until the server closes. */
const exchange = (pieces: readonly (string | Buffer)[], pauseMs = 0, to = port): Promise<string> =>
  new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(to, '127.0.0.1');
    const patience = setTimeout(() => {
      socket.destroy();
      reject(new Error('the server neither answered nor closed'));
    }, PATIENCE_MS);
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(patience);
      resolve(Buffer.concat(received).toString('latin1'));
    });
    const queue = [...pieces];
    const next = (): void => {
      const piece = queue.shift();
      if (piece === undefined || socket.destroyed) return;
      socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
      if (queue.length > 0) setTimeout(next, pauseMs);
    };
    socket.on('connect', next);
  });

const head = (requestLine: string, ...fields: readonly string[]): string =>
  `${[requestLine, 'Host: a.example', 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`;

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const answersIn = (text: string): number => text.split('HTTP/1.1 ').length - 1;
const showsNothing = (answer: string): void => {
  assert.doesNotMatch(
    answer,
    new RegExp(`${MARK}|node|\\.ts\\b|\\bat [A-Za-z.]+ \\(|/src/|Error:|x-powered-by|^server:`, 'im'),
  );
};
const stillWorks = async (): Promise<void> => {
  const answer = await exchange([head('GET /good HTTP/1.1')]);
  assert.equal(statusOf(answer), 200);
  assert.ok(answer.endsWith('good'));
};

interface Case {
  readonly what: string;
  readonly bytes: string;
  readonly status: number;
}

const CASES: readonly Case[] = [
  { what: 'a good request', bytes: head('GET /good HTTP/1.1'), status: 200 },
  { what: 'a good request of HTTP/1.0 without a Host', bytes: 'GET /good HTTP/1.0\r\n\r\n', status: 200 },
  { what: 'an unknown path', bytes: head(`GET /${MARK} HTTP/1.1`), status: 404 },
  { what: 'a path that cannot be decoded', bytes: head('GET /%ff%zz HTTP/1.1'), status: 404 },
  { what: 'another method', bytes: head('POST /good HTTP/1.1', 'Content-Length: 0'), status: 405 },
  { what: 'HEAD of a keyed route', bytes: head('HEAD /good HTTP/1.1'), status: 405 },
  { what: 'OPTIONS', bytes: head('OPTIONS /good HTTP/1.1'), status: 405 },
  { what: 'TRACE', bytes: head('TRACE /good HTTP/1.1', `X-Mark: ${MARK}`), status: 405 },
  { what: 'a method that nobody knows', bytes: head('BREW /good HTTP/1.1'), status: 405 },
  { what: 'OPTIONS *', bytes: head('OPTIONS * HTTP/1.1'), status: 400 },
  { what: 'an absolute-form target', bytes: head(`GET http://${MARK}.example/good HTTP/1.1`), status: 400 },
  { what: 'a target without a slash', bytes: head('GET good HTTP/1.1'), status: 400 },
  { what: 'a target with a fragment', bytes: head('GET /good#x HTTP/1.1'), status: 400 },
  { what: 'CONNECT', bytes: head(`CONNECT ${MARK}.example:443 HTTP/1.1`), status: 400 },
  { what: 'no Host', bytes: 'GET /good HTTP/1.1\r\nConnection: close\r\n\r\n', status: 400 },
  { what: 'two Hosts', bytes: head('GET /good HTTP/1.1', 'hOST: b.example'), status: 400 },
  { what: 'two equal Hosts', bytes: head('GET /good HTTP/1.1', 'Host: a.example'), status: 400 },
  { what: 'a Host that is none', bytes: 'GET /good HTTP/1.1\r\nHost: a/b@c\r\n\r\n', status: 400 },
  { what: 'a space before the colon', bytes: head('GET /good HTTP/1.1', 'X-A : b'), status: 400 },
  { what: 'a folded header', bytes: head('GET /good HTTP/1.1', 'X-A: b', ' folded'), status: 400 },
  { what: 'a NUL in a header', bytes: head('GET /good HTTP/1.1', 'X-A: b\0c'), status: 400 },
  { what: 'a control character in the target', bytes: head('GET /good\x01 HTTP/1.1'), status: 400 },
  { what: 'raw UTF-8 in the target', bytes: head('GET /good?q=\xc3\xbc HTTP/1.1'), status: 400 },
  { what: 'a line that is no request', bytes: `${MARK}\r\n\r\n`, status: 400 },
  { what: 'HTTP/2 with prior knowledge', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  { what: 'HTTP/3.0 in the request line', bytes: head('GET /good HTTP/3.0'), status: 400 },
  { what: 'TLS on the plain port', bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', status: 400 },
  {
    what: 'an upgrade, which is not taken up',
    bytes: 'GET /good HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    status: 200,
  },
  { what: 'another expectation', bytes: head('GET /good HTTP/1.1', 'Expect: tea'), status: 417 },
  {
    what: 'too many header fields',
    bytes: head('GET /good HTTP/1.1', ...Array.from({ length: 41 }, (_, n) => `X-${n}: 1`)),
    status: 431,
  },
  {
    what: 'too many by far',
    bytes: head('GET /good HTTP/1.1', ...Array.from({ length: 4_000 }, (_, n) => `X-${n}: 1`)),
    status: 431,
  },
  {
    what: 'header fields that are too long',
    bytes: head('GET /good HTTP/1.1', `X-A: ${MARK.repeat(20_000)}`),
    status: 431,
  },
  {
    what: 'a target that is too long',
    bytes: head(`GET /good?${MARK.repeat(20_000)} HTTP/1.1`),
    status: 431,
  },
  {
    what: 'a small body on GET',
    bytes: `${head('GET /good HTTP/1.1', 'Content-Length: 12')}${MARK}`,
    status: 200,
  },
  {
    what: 'a small chunked body on GET',
    bytes: `${head('GET /good HTTP/1.1', 'Transfer-Encoding: chunked')}c\r\n${MARK}\r\n0\r\n\r\n`,
    status: 200,
  },
  {
    what: 'a large body on GET, announced',
    bytes: head('GET /good HTTP/1.1', 'Content-Length: 999999'),
    status: 413,
  },
  {
    what: 'a large body on GET, sent',
    bytes: `${head('GET /good HTTP/1.1', 'Content-Length: 24000')}${MARK.repeat(2_000)}`,
    status: 413,
  },
  {
    what: 'a large chunked body on GET',
    bytes: `${head('GET /good HTTP/1.1', 'Transfer-Encoding: chunked')}5dc0\r\n${MARK.repeat(2_000)}\r\n`,
    status: 413,
  },
  {
    what: 'a Content-Length beyond all numbers',
    bytes: head('GET /good HTTP/1.1', `Content-Length: ${'9'.repeat(400)}`),
    status: 400,
  },
  { what: 'a negative Content-Length', bytes: head('GET /good HTTP/1.1', 'Content-Length: -1'), status: 400 },
  { what: 'a Content-Length list', bytes: head('GET /good HTTP/1.1', 'Content-Length: 1, 1'), status: 400 },
  {
    what: 'two Content-Lengths',
    bytes: `${head('GET /good HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2')}ab`,
    status: 400,
  },
  {
    what: 'Content-Length and Transfer-Encoding',
    bytes: `${head('GET /good HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    status: 400,
  },
  {
    what: 'Transfer-Encoding and Content-Length',
    bytes: `${head('GET /good HTTP/1.1', 'Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\n`,
    status: 400,
  },
  {
    what: 'chunked not last',
    bytes: head('GET /good HTTP/1.1', 'Transfer-Encoding: chunked, identity'),
    status: 400,
  },
  {
    what: 'a Transfer-Encoding that hides chunked',
    bytes: head('GET /good HTTP/1.1', 'Transfer-Encoding: xchunked'),
    status: 400,
  },
  {
    what: 'a chunk size that is none',
    bytes: `${head('GET /good HTTP/1.1', 'Transfer-Encoding: chunked')}zz\r\n`,
    status: 400,
  },
  {
    what: 'a bare line feed after a chunk size',
    bytes: `${head('GET /good HTTP/1.1', 'Transfer-Encoding: chunked')}1\na\r\n0\r\n\r\n`,
    status: 400,
  },
  { what: 'a handler that throws', bytes: head('GET /bug HTTP/1.1'), status: 500 },
  { what: 'a handler that rejects', bytes: head('GET /late HTTP/1.1'), status: 500 },
  { what: 'a reply with a line break in a header', bytes: head('GET /header HTTP/1.1'), status: 500 },
];

for (const { what, bytes, status } of CASES) {
  test(`answers ${what} with ${String(status)}`, async () => {
    const answer = await exchange([bytes]);
    assert.equal(statusOf(answer), status);
    assert.equal(answersIn(answer), 1);
    assert.match(answer, /^x-content-type-options: nosniff\r$/im);
    assert.match(answer, /^connection: close\r$/im);
    showsNothing(answer);
    await stillWorks();
  });
}

test('answers below a contract in the form of that contract', async () => {
  for (const bytes of [
    head('GET /geocode/v2/json HTTP/1.1'),
    head('POST /geocode/v1/json HTTP/1.1', 'Content-Length: 0'),
    head('BREW /geocode/v1/json HTTP/1.1'),
    head('GET /geocode/v1/json?q=\xc3\xbc HTTP/1.1'),
    head('GET /geocode/v1/json HTTP/1.1', 'X-A : b'),
    head('GET /geocode/v1/json HTTP/1.1', 'Content-Length: 999999'),
    head('GET /geocode/v1/json HTTP/1.1', 'Host: a.example'),
  ]) {
    const answer = await exchange([bytes]);
    assert.match(answer, /^HTTP\/1\.1 (\d{3}) Contract\r\n[^]*\{"contract":\1\}$/);
  }
});

test('answers elsewhere with problem+json', async () => {
  const answer = await exchange([head('GET /good HTTP/1.1', 'X-A : b')]);
  assert.match(answer, /content-type: application\/problem\+json/);
  assert.match(answer, /"code":"malformed_request"/);
});

test('hands a query of ten thousand characters of four bytes to the contract', async () => {
  const query = encodeURIComponent('🗺'.repeat(10_000));
  assert.match(await exchange([head(`GET /geocode/v1/json?q=${query} HTTP/1.1`)]), /length 20000$/);
});

test('hands a query with broken encoding to the contract', async () => {
  assert.match(await exchange([head('GET /geocode/v1/json?q=%ff%c3 HTTP/1.1')]), /malformed$/);
});

test('sends 100 Continue for a body that it will read, and none for one that it will not', async () => {
  const small = await exchange(
    [head('GET /good HTTP/1.1', 'Content-Length: 2', 'Expect: 100-continue'), 'ab'],
    50,
  );
  assert.match(small, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  const large = await exchange([head('GET /good HTTP/1.1', 'Content-Length: 9999', 'Expect: 100-continue')]);
  assert.deepEqual([statusOf(large), answersIn(large)], [413, 1]);
});

test('serves pipelined requests in their order', async () => {
  const one = 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n';
  const answer = await exchange([
    `${one}GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n${head('GET /good HTTP/1.1')}`,
  ]);
  assert.deepEqual(answer.match(/HTTP\/1\.1 \d{3}/g), ['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
});

test('serves nothing that comes after a request that it refused', async () => {
  const handledBefore = handled;
  const refused = 'GET http://b.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n';
  assert.equal(answersIn(await exchange([refused + head('GET /good HTTP/1.1')])), 1);
  const oversized = `GET /good HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n${'a'.repeat(2_000)}`;
  assert.equal(answersIn(await exchange([oversized + head('GET /good HTTP/1.1')])), 1);
  assert.equal(handled, handledBefore);
});

test('does not mistake a smuggled request in a body for a request', async () => {
  const inner = head('GET /bug HTTP/1.1');
  const outer = head('GET /good HTTP/1.1', `Content-Length: ${String(inner.length)}`);
  const before_ = bugs;
  const answer = await exchange([outer + inner]);
  assert.deepEqual([statusOf(answer), answersIn(answer), bugs], [200, 1, before_]);
});

test('gives a garbled follow-up no answer that could pass for the one before it', async () => {
  const answer = await exchange(['GET /slow HTTP/1.1\r\nHost: a\r\n\r\n', '\0\0\0\r\n\r\n'], 5);
  assert.equal(statusOf(answer) === 400, false);
  await stillWorks();
});

test('ends slow clients with 408: no bytes, half a line, headers one by one, a body that never ends', async () => {
  const drip = Array.from({ length: 200 }, (_, index) => `X-${String(index % 30)}: 1\r\n`);
  const slow = await Promise.all([
    exchange([]),
    exchange(['GET /go']),
    exchange(['GET /good HTTP/1.1\r\nHost: a\r\n', ...drip], 20),
    exchange([head('GET /good HTTP/1.1', 'Content-Length: 10'), 'abc']),
    exchange(
      [
        head('GET /good HTTP/1.1', 'Transfer-Encoding: chunked'),
        ...Array.from({ length: 200 }, () => '1\r\na\r\n'),
      ],
      20,
    ),
  ]);
  for (const answer of slow) {
    assert.equal(statusOf(answer), 408);
    assert.match(answer, /"code":"request_timeout"/);
  }
  await stillWorks();
});

test('holds the time of the headers apart from that of the body', async (t) => {
  const impatient = createEdge({
    handler,
    onError: () => good,
    clock: systemClock,
    limits: { ...LIMITS, requestTimeoutMs: 60_000, idleTimeoutMs: 60_000 },
  });
  t.after(() => impatient.close(0));
  const { port: other } = await impatient.listen({ port: 0, host: '127.0.0.1' });
  assert.equal(statusOf(await exchange(['GET /good HTTP/1.1\r\n'], 0, other)), 408);
});

test('closes a connection on which no further request comes', async () => {
  const answer = await exchange(['GET /good HTTP/1.1\r\nHost: a\r\n\r\n']);
  assert.deepEqual([statusOf(answer), answersIn(answer)], [200, 1]);
});

const leave = (bytes: string, afterMs: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes);
      setTimeout(() => socket.resetAndDestroy(), afterMs);
    });
    socket.on('error', () => undefined).on('close', () => resolve());
  });

test('outlives clients that leave at any moment', async () => {
  const request = head('GET /slow HTTP/1.1', 'Content-Length: 5');
  const cuts = Array.from({ length: 20 }, (_, index) => Math.floor((request.length * index) / 19));
  await Promise.all(
    cuts.flatMap((cut) => [0, 10, 60].map((afterMs) => leave(`${request}abcde`.slice(0, cut), afterMs))),
  );
  await Promise.all([0, 10, 60].map((afterMs) => leave(`${request}abcde`, afterMs)));
  await stillWorks();
});

/** Garbage that may well begin like a request; the client then stops sending, so that nothing waits for a limit. */
const exchangeAndEnd = (bytes: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(bytes));
    const patience = setTimeout(() => {
      socket.destroy();
      reject(new Error('the server neither answered nor closed'));
    }, PATIENCE_MS);
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(patience);
      resolve(Buffer.concat(received).toString('latin1'));
    });
  });

test('answers or closes on any bytes', async () => {
  const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
  const prefixed = fc
    .tuple(
      fc.constantFrom(
        'GET / HTTP/1.1\r\n',
        'GET /good HTTP/1.1\r\nHost: a\r\n\r\n',
        'POST ',
        'GET /geocode/',
      ),
      bytes,
    )
    .map(([prefix, rest]) => Buffer.concat([Buffer.from(prefix), rest]));
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, prefixed), async (sent) => showsNothing(await exchangeAndEnd(sent))),
    { numRuns: 200 },
  );
  await stillWorks();
});

const hostileText = fc.string({
  unit: fc.constantFrom(
    'a',
    '%',
    '%00',
    '%0d%0a',
    '%ff',
    '..',
    '/',
    '?',
    '&',
    '=',
    ';',
    ':',
    '*',
    '"',
    '<',
    MARK,
    '{',
    '\\',
    ',',
    '0',
  ),
  maxLength: 20,
});

test('answers or closes on any request made of plausible parts', async () => {
  const method = fc.constantFrom(
    'GET',
    'GET',
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'OPTIONS',
    'TRACE',
    'get',
    'PROPFIND',
    'CONNECT',
    MARK,
  );
  const path = fc.oneof(
    fc.constantFrom(
      '/good',
      '/slow',
      '/bug',
      '/late',
      '/geocode/v1/json',
      '/geocode/v1/json/',
      '/',
      '*',
      '//',
      `http://${MARK}/good`,
    ),
    hostileText.map((text) => `/${text}`),
  );
  const field = fc.oneof(
    fc.tuple(
      fc.constantFrom(
        'Host',
        'Content-Length',
        'Transfer-Encoding',
        'Connection',
        'Expect',
        'Upgrade',
        'Range',
        'Authorization',
        'X-Api-Key',
        'Origin',
        'Content-Encoding',
        'Trailer',
        'TE',
        'Keep-Alive',
        '__proto__',
      ),
      fc.oneof(
        hostileText,
        fc.constantFrom(
          'chunked',
          'close',
          'keep-alive',
          'upgrade',
          '100-continue',
          'a.example',
          '0',
          '3',
          '-1',
          '99999999999999999999',
          'gzip, chunked',
          'websocket',
          'null',
        ),
      ),
    ),
    fc.tuple(hostileText, hostileText),
  );
  const request = fc
    .record({
      method,
      path,
      query: fc.option(fc.dictionary(fc.constantFrom('q', 'key', 'limit', '__proto__', ''), hostileText), {
        nil: {},
      }),
      version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'http/1.1', ''),
      fields: fc.array(field, { maxLength: 6 }),
      newline: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'),
      body: hostileText,
    })
    .map(({ method: verb, path: place, query, version, fields, newline, body }) => {
      const search = Object.entries(query)
        .map(([name, value]) => `${name}=${value}`)
        .join('&');
      const lines = [
        `${verb} ${place}?${search} ${version}`,
        'Host: a.example',
        ...fields.map(([name, value]) => `${name}: ${value}`),
        '',
        body,
      ];
      return Buffer.from(lines.join(newline), 'latin1');
    });
  await fc.assert(
    fc.asyncProperty(request, async (sent) => showsNothing(await exchangeAndEnd(sent))),
    { numRuns: 300 },
  );
  await stillWorks();
});

test('stays up under many broken connections at once', async () => {
  const broken = [
    head('GET /bug HTTP/1.1'),
    '\0'.repeat(50),
    head('GET /good HTTP/1.1', 'Content-Length: 999999'),
    head('GET /late HTTP/1.1'),
  ];
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => exchange([broken[index % broken.length]!])),
  );
  for (const answer of answers) assert.ok([400, 413, 500].includes(statusOf(answer)));
  await stillWorks();
});
