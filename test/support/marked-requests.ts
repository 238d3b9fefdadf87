/** One request of every kind that the server can get, each with marks wherever a caller can put something. */
import { randomInt } from 'node:crypto';
import { generateKey } from '../../src/gate/key-format.ts';
import { freshLoopbackAddress, freshMark } from '../../src/promises/marks.ts';
import type { RawOptions, RunningServer } from './server.ts';
import { traceAddress, traceCoordinate, traceDigests, traceText, type Trace } from './traces.ts';

/** The marks of one run: one text that stands in everything sent, and the addresses that it was sent from. */
export interface Marks {
  /** A fresh value that holds the mark; the place is part of it, so that a find tells where it came from. */
  make(place: string): string;
  /** A coordinate like no other, as text; eleven random digits after `whole` and the point. */
  makeCoordinate(whole: number): string;
  /** Remembers any other value that nobody may keep. */
  note(what: string, value: string): string;
  /** The same of a secret whose digest is kept by design, being one that nobody could guess. */
  keepSecret(what: string, value: string): string;
  /** Of 127.0.0.0/8; where a machine has only 127.0.0.1 of it (macOS), that one, which then is no mark. */
  readonly addresses: readonly string[];
  readonly hasOwnAddresses: boolean;
  /** Everything to look for, once all has been sent. */
  traces(): readonly Trace[];
}

export const createMarks = (): Marks => {
  const mark = freshMark();
  const hasOwnAddresses = process.platform === 'linux';
  const addresses = Array.from({ length: 4 }, () => (hasOwnAddresses ? freshLoopbackAddress() : '127.0.0.1'));
  const values = new Set<string>();
  const traces: Trace[] = [];
  return {
    make: (place) => {
      const value = mark + place;
      values.add(value);
      return value;
    },
    makeCoordinate: (whole) => {
      const text = `${whole}.${String(randomInt(1e5, 1e6))}${String(randomInt(1e4, 1e5 - 1))}${String(randomInt(1, 9))}`;
      traces.push(...traceCoordinate(`coordinate ${text}`, text));
      return text;
    },
    note: (what, value) => {
      traces.push(...traceText(what, value), ...traceDigests(what, value));
      return value;
    },
    keepSecret: (what, value) => {
      traces.push(...traceText(what, value));
      return value;
    },
    addresses,
    hasOwnAddresses,
    traces: () => [
      ...traceText('the mark', mark),
      ...[...values].flatMap((value) => traceDigests(value, value)),
      ...(hasOwnAddresses ? addresses : []).flatMap((address) => traceAddress(`address ${address}`, address)),
      ...traces,
    ],
  };
};

/** Header fields that browsers, proxies and libraries send, all marked. */
export const markedHeaders = ({ make, note, addresses }: Marks): Record<string, string> => ({
  'user-agent': note('user agent', `Mozilla/5.0 (${make('ua')}) ${make('agent')}/1.0`),
  referer: `https://${make('referer')}.example/${make('refererpath')}?${make('refererquery')}=1`,
  origin: note('origin', `https://${make('origin')}.example`),
  'x-forwarded-for': `${make('xff')}, ${addresses[0] ?? ''}`,
  'x-real-ip': addresses[1] ?? '',
  forwarded: `for=${make('forwarded')};host=${make('fhost')}`,
  cookie: `${make('cookiename')}=${make('cookie')}`,
  'accept-language': make('lang'),
  'sec-ch-ua': `"${make('secchua')}";v="1"`,
  'sec-ch-ua-model': `"${make('model')}"`,
  'sec-ch-ua-platform': `"${make('platform')}"`,
  'if-none-match': `"${make('etag')}"`,
  traceparent: make('traceparent'),
  'x-request-id': make('requestid'),
  [make('headername')]: make('headervalue'),
});

/** What is sent and what has to come back. `keyed` ones are answered to the key's owner, hence counted. */
export interface Scene {
  readonly name: string;
  readonly path: string;
  readonly status: number;
  readonly keyed?: boolean;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const GEOCODE = '/geocode/v1/json';
const encode = encodeURIComponent;

/** Requests that `node:http` reads as requests, in an order that leaves the same counters each time. */
export const markedScenes = (marks: Marks, key: string, noRecord: boolean): readonly Scene[] => {
  const { make, makeCoordinate, note } = marks;
  const end = `&${make('param')}=${make('value')}&no_record=${noRecord ? '1' : '0'}`;
  const query = (place: string): string => `?q=${encode(note('query', `Paris ${make(place)}`))}${end}`;
  const unknownKey = note('key', generateKey('sk', 'live').expose());
  const bearer = { authorization: `Bearer ${key}` };
  return [
    { name: 'forward', path: GEOCODE + query('q'), status: 200, keyed: true, headers: bearer },
    {
      name: 'forward found',
      path: `${GEOCODE}?q=Paris,+Texas${end}`,
      status: 200,
      keyed: true,
      headers: bearer,
    },
    {
      name: 'reverse',
      path: `${GEOCODE}?q=${makeCoordinate(48)},${makeCoordinate(2)}${end}`,
      status: 200,
      keyed: true,
      headers: bearer,
    },
    {
      name: 'every parameter',
      path:
        `${GEOCODE}${query('all')}&add_request=1&pretty=1&language=${make('language')}&limit=${make('limit')}` +
        `&countrycode=${make('country')}&bounds=${make('bounds')}&proximity=${makeCoordinate(51)},${makeCoordinate(0)}`,
      status: 200,
      keyed: true,
      headers: bearer,
    },
    { name: 'key in the address', path: `${GEOCODE}${query('urlkey')}&key=${key}`, status: 200, keyed: true },
    {
      name: 'x-api-key',
      path: GEOCODE + query('apikey'),
      status: 200,
      keyed: true,
      headers: { 'x-api-key': key },
    },
    { name: 'HEAD', path: GEOCODE + query('head'), method: 'HEAD', status: 405 },
    {
      name: 'body on GET',
      path: GEOCODE + query('body'),
      status: 200,
      keyed: true,
      headers: bearer,
      body: make('getbody'),
    },
    {
      name: 'no q',
      path: `${GEOCODE}?text=${make('text')}${end}`,
      status: 400,
      keyed: true,
      headers: bearer,
    },
    {
      name: 'broken q',
      path: `${GEOCODE}?q=%ff${make('broken')}${end}`,
      status: 400,
      keyed: true,
      headers: bearer,
    },
    {
      name: 'two q',
      path: `${GEOCODE}${query('one')}&q=${make('two')}`,
      status: 400,
      keyed: true,
      headers: bearer,
    },
    {
      name: 'control in q',
      path: `${GEOCODE}?q=%00${make('control')}${end}`,
      status: 400,
      keyed: true,
      headers: bearer,
    },
    {
      name: 'off the Earth',
      path: `${GEOCODE}?q=${makeCoordinate(191)},${makeCoordinate(7)}${end}`,
      status: 400,
      keyed: true,
      headers: bearer,
    },
    {
      name: 'long q',
      path: `${GEOCODE}?q=${make('long')}${'x'.repeat(1100)}${end}`,
      status: 410,
      keyed: true,
      headers: bearer,
    },
    {
      name: 'very long q',
      path: `${GEOCODE}?q=${make('verylong')}${'x'.repeat(10_000)}${end}`,
      status: 410,
      keyed: true,
      headers: bearer,
    },
    { name: 'no key', path: GEOCODE + query('nokey'), status: 401 },
    {
      name: 'unknown key',
      path: GEOCODE + query('unknown'),
      status: 401,
      headers: { authorization: `Bearer ${unknownKey}` },
    },
    {
      name: 'no key at all',
      path: GEOCODE + query('badkey'),
      status: 401,
      headers: { authorization: `Bearer ${make('bearer')}` },
    },
    {
      name: 'wrong Basic',
      path: GEOCODE + query('basic'),
      status: 401,
      headers: {
        authorization: `Basic ${Buffer.from(`${make('user')}:${make('password')}`).toString('base64')}`,
      },
    },
    {
      name: 'other scheme',
      path: GEOCODE + query('scheme'),
      status: 401,
      headers: { authorization: `${make('scheme')} x` },
    },
    {
      name: 'two keys',
      path: `${GEOCODE}${query('twokeys')}&key=${unknownKey}`,
      status: 401,
      headers: bearer,
    },
    { name: 'other format', path: `/geocode/v1/${make('format')}${query('format')}`, status: 400 },
    { name: 'other version', path: `/geocode/${make('version')}/json${query('version')}`, status: 400 },
    {
      name: 'no such path',
      path: `/${make('path')}/${make('segment')}${query('nopath')}`,
      status: 404,
      headers: bearer,
    },
    { name: 'no such API', path: `/v1/${make('api')}${query('noapi')}`, status: 404, headers: bearer },
    { name: 'page', path: `/${query('page')}`, status: 200 },
    { name: 'promises', path: `/security.json${query('promises')}`, status: 200 },
    {
      name: 'POST',
      path: GEOCODE + query('post'),
      method: 'POST',
      status: 405,
      headers: bearer,
      body: `q=${make('postbody')}`,
    },
    { name: 'DELETE', path: `/${query('delete')}`, method: 'DELETE', status: 405 },
    {
      name: 'large body',
      path: `/v1/${make('large')}`,
      method: 'POST',
      status: 413,
      body: make('largebody').repeat(4000),
    },
    {
      name: 'large body for the service',
      path: GEOCODE + query('large'),
      method: 'POST',
      status: 410,
      body: make('bigbody').repeat(4000),
    },
    {
      name: 'large headers',
      path: GEOCODE + query('headers'),
      status: 431,
      headers: { 'x-large': make('large').repeat(7000) },
    },
  ];
};

/** Sends scenes one after another from the run's addresses; returns the ones that ended otherwise than they should. */
export const sendScenes = async (
  server: RunningServer,
  marks: Marks,
  scenes: readonly Scene[],
): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const [index, { name, path, status, method = 'GET', headers = {}, body }] of scenes.entries()) {
    const call = {
      method,
      headers: { ...markedHeaders(marks), ...headers },
      from: marks.addresses[index % marks.addresses.length] ?? '127.0.0.1',
      ...(body === undefined ? {} : { body }),
    };
    const got = await server.request(path, call).then(
      (answer) => answer.status,
      (error: unknown) => String(error),
    );
    if (got !== status) wrong.push(`${name}: ${got} instead of ${status}`);
  }
  return wrong;
};

interface RawScene extends RawOptions {
  readonly name: string;
  readonly bytes: string;
  /** What the answer begins with; undefined where there may be none. */
  readonly answer?: string;
}

/** Bytes that are no good request, or that stop in the middle of one. */
export const rawScenes = (marks: Marks): readonly RawScene[] => {
  const { make, addresses } = marks;
  const head = (place: string): string =>
    `GET ${GEOCODE}?q=${make(place)}&key=${make(`${place}key`)} HTTP/1.1\r\nhost: localhost\r\nuser-agent: ${make(`${place}ua`)}\r\n`;
  const last = 'connection: close\r\n\r\n';
  const plain = { to: 'plain' } as const;
  const scenes: RawScene[] = [
    {
      name: 'broken header',
      bytes: `${head('brokenheader')}no colon ${make('nocolon')}\r\n\r\n`,
      answer: 'HTTP/1.1 400',
    },
    { name: 'NUL', bytes: `${head('nul')}x: \0${make('nulvalue')}\r\n\r\n`, answer: 'HTTP/1.1 400' },
    { name: 'two hosts', bytes: `${head('hosts')}host: ${make('host')}\r\n${last}`, answer: 'HTTP/1.1 400' },
    {
      name: 'host that is none',
      bytes: `GET / HTTP/1.1\r\nhost: <${make('badhost')}>\r\n${last}`,
      answer: 'HTTP/1.1 400',
    },
    {
      name: 'smuggling',
      bytes: `${head('smuggle')}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /${make('smuggled')} HTTP/1.1\r\n\r\n`,
      answer: 'HTTP/1.1 400',
    },
    {
      name: 'absolute form',
      bytes: `GET https://${make('absolute')}.example/ HTTP/1.1\r\nhost: localhost\r\n${last}`,
      answer: 'HTTP/1.1 400',
    },
    {
      name: 'method that is none',
      bytes: `${make('METHOD')} / HTTP/1.1\r\nhost: localhost\r\n${last}`,
      answer: 'HTTP/1.1 405',
    },
    {
      name: 'CONNECT',
      bytes: `CONNECT ${make('connect')}.example:443 HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      answer: 'HTTP/1.1 400',
    },
    {
      name: 'wrong version',
      bytes: `GET /${make('version')} HTTP/9.7\r\nhost: localhost\r\n${last}`,
      answer: 'HTTP/1.1 400',
    },
    { name: 'not HTTP', bytes: `\u0001\u0002${make('binary')}\r\n\r\n`, answer: 'HTTP/1.1 400' },
    {
      name: 'expectation',
      bytes: `${head('expect')}expect: ${make('expect')}\r\n${last}`,
      answer: 'HTTP/1.1 417',
    },
    {
      name: 'chunk extension',
      bytes: `POST /${make('chunk')} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n1;${make('ext').repeat(2000)}\r\na\r\n0\r\n\r\n`,
      answer: 'HTTP/1.1 4',
    },
    { name: 'stopped in the request line', bytes: `GET /${make('halfline')}`, abort: true },
    { name: 'stopped in the header', bytes: `${head('halfhead')}x-half: ${make('half')}`, abort: true },
    {
      name: 'stopped in the body',
      bytes: `${head('halfbody')}content-length: 4000\r\n\r\n${make('bodyhalf')}`,
      abort: true,
    },
    { name: 'gone before the answer', bytes: `${head('gone')}${last}`, abort: true },
    { name: 'HTTP on the TLS port', bytes: `${head('nontls')}${last}`, to: 'tcp', patience: 3000 },
    {
      name: 'name in the handshake',
      bytes: `${head('sni')}${last}`,
      tls: { servername: `${make('sni')}.example`, rejectUnauthorized: false },
      answer: 'HTTP/1.1 401',
    },
    { name: 'plain, redirected', bytes: `${head('redirected')}${last}`, ...plain, answer: 'HTTP/1.1 301' },
    {
      name: 'plain, refused',
      bytes: `POST /v1/${make('refused')} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 40\r\n${last}${make('plainbody').padEnd(40, 'x')}`,
      ...plain,
      answer: 'HTTP/1.1 403',
    },
    {
      name: 'plain, broken',
      bytes: `${head('plainbroken')}no colon ${make('plaincolon')}\r\n\r\n`,
      ...plain,
      answer: 'HTTP/1.1 400',
    },
    { name: 'plain, stopped', bytes: `${head('plainhalf')}x: ${make('plainhalf')}`, ...plain, abort: true },
    // More than one source may ask for in a second.
    {
      name: 'stranger in a hurry',
      bytes: `${`GET /${make('hurry')} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(130)}GET / HTTP/1.1\r\nhost: localhost\r\n${last}`,
      answer: 'HTTP/1.1 404',
    },
  ];
  return scenes.map((scene, index) =>
    Object.assign(scene, { from: addresses[index % addresses.length] ?? '127.0.0.1' }),
  );
};

/** Sends raw scenes one after another; returns the ones whose answer begins otherwise than it should. */
export const sendRawScenes = async (
  server: RunningServer,
  scenes: readonly RawScene[],
): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const { name, bytes, answer, ...options } of scenes) {
    const got = await server.raw(bytes, options);
    const { exitCode, signalCode } = server.child;
    if (exitCode !== null || signalCode !== null)
      return [`the server ended at ${name}: ${exitCode ?? signalCode}`];
    if (answer !== undefined && !got.startsWith(answer))
      wrong.push(`${name}: ${got.slice(0, 40)} instead of ${answer}`);
  }
  return wrong;
};
