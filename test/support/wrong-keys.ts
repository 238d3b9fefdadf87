/** Keys that are none, in every way that people and programs get them wrong, and the door at which they are tried. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { generateKey } from '../../src/gate/key-format.ts';
import type { CreatedKey } from '../../src/keys/service.ts';
import type { House } from './house.ts';

let sources = 0;
/** Another address of this machine each time, so that none is slowed as a stranger. */
export const nextSource = (): string => {
  sources += 1;
  return `127.0.${1 + Math.floor(sources / 250)}.${1 + (sources % 250)}`;
};

/** What stands in a request: header fields as they are, one byte a character, and what follows the query. */
export interface Presented {
  readonly fields?: readonly string[];
  readonly search?: string;
  readonly path?: string;
}

/** One request over a connection of its own; the answer as it came, until the server closes. */
export const ask = (
  { port, ca }: House,
  { fields = [], search = '', path = '/geocode/v1/json?q=Paris' }: Presented,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const place = { host: '127.0.0.1', port, localAddress: nextSource() };
    const socket = connect({ ...place, ca, servername: 'localhost' });
    const patience = setTimeout(() => socket.destroy(new Error('no answer')), 10_000);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The end of an answer to a head that was not read to its own end.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(patience);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    const head = [`GET ${path}${search} HTTP/1.1`, 'Host: localhost', ...fields, 'Connection: close'];
    socket.on('secureConnect', () => socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')));
  });

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

export const bearer = (key: string): string => `Authorization: Bearer ${key}`;
export const basic = (text: string, encoding: BufferEncoding = 'base64'): string =>
  `Authorization: Basic ${Buffer.from(text).toString(encoding)}`;
/** One wrong character at the end: the checksum no longer fits. */
export const mistype = (key: string): string => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');

/** A pair of the house's project that works. */
export const makeKey = (house: House): Promise<CreatedKey> =>
  house.keys.create({ company: house.company, project: house.project, name: 'Pair' });
export const works = async (house: House, key: string): Promise<boolean> =>
  statusOf(await ask(house, { fields: [bearer(key)] })) === 200;
/** Waits until no process takes it; changes are heard within a second. */
export const untilOver = async (house: House, key: string): Promise<void> => {
  for (let tries = 0; await works(house, key); tries += 1) {
    assert.ok(tries < 100, 'it never ended');
    await pause(20);
  }
};

/** Secrets in every state in which they do not work, each known to the worker from when it did. */
const endedKeys = async (house: House): Promise<Readonly<Record<string, string>>> => {
  const pairs = await Promise.all(Array.from({ length: 5 }, () => makeKey(house)));
  const [revoked, expired, rotated, overlapped, elsewhere] = pairs;
  if (!revoked || !expired || !rotated || !overlapped || !elsewhere) throw new Error('five were made');
  for (const { secret } of pairs) assert.ok(await works(house, secret.expose()));
  const { company, keys, store } = house;
  await keys.revoke(company, revoked.id, 'test');
  await keys.rotate(company, rotated.id, 0);
  await keys.rotate(company, overlapped.id, 1);
  assert.ok(await works(house, overlapped.secret.expose()), 'both work while they overlap');
  const past = "now() - interval '1 second' where id = $1";
  await store.superuser(`update vouchsafe.key set expires_at = ${past}`, [expired.id]);
  await store.superuser(`update vouchsafe.key set previous_expires_at = ${past}`, [overlapped.id]);
  await keys.change(company, elsewhere.id, { networks: ['192.0.2.0/24'] });
  const secrets = {
    revoked: revoked.secret.expose(),
    expired: expired.secret.expose(),
    'before a rotation without overlap': rotated.secret.expose(),
    'before a rotation whose overlap is over': overlapped.secret.expose(),
    'used from another network': elsewhere.secret.expose(),
  };
  for (const secret of Object.values(secrets)) await untilOver(house, secret);
  return secrets;
};

/** UTF-8 as it goes over the wire. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1');
const twenty = (field: string): string[] => Array.from({ length: 20 }, () => field);

/** Everything that is not a key, by what is wrong with it. @param other another project of the same installation. */
export const wrongKeys = async (house: House, other: House): Promise<Readonly<Record<string, Presented>>> => {
  const right = house.key.secret.expose();
  const { publicKey } = house.key;
  const foreign = other.key;
  const random = right.slice('vs_sk_live_'.length);
  const everywhere = (name: string, key: string): [string, Presented][] => [
    [`${name}, in Authorization`, { fields: [bytes(bearer(key))] }],
    [`${name}, in X-Api-Key`, { fields: [bytes(`X-Api-Key: ${key}`)] }],
    [`${name}, in the address`, { search: `&key=${encodeURIComponent(key)}` }],
    [`${name}, as half of a pair`, { fields: [basic(`${publicKey}:${key}`)] }],
  ];
  const strings: Readonly<Record<string, string>> = {
    'a typo': mistype(right),
    'a letter too few': right.slice(0, -1),
    'a letter too many': `${right}0`,
    'another installation’s': generateKey('sk', 'live').expose(),
    'a test key': generateKey('sk', 'test').expose(),
    'a test key’s prefix': `vs_sk_test_${random}`,
    'a public key': publicKey,
    'a public prefix': `vs_pk_live_${random}`,
    'in lower case': right.toLowerCase(),
    'in upper case': right.toUpperCase(),
    'without its prefix': random,
    nonsense: 'x',
    'percent-encoded twice': encodeURIComponent(encodeURIComponent(`${right}%`)),
    '8 kB': 'x'.repeat(8000),
    'a Cyrillic letter': right.replace('s', 'ѕ'),
    'a full-width letter': right.replace('v', 'ｖ'),
    'a zero-width space within': `${right.slice(0, 20)}\u200b${right.slice(20)}`,
    'a zero-width space behind': `${right}\u200b`,
    'a byte order mark before': `\ufeff${right}`,
    'a soft hyphen within': right.replace('live', 'li\u00adve'),
    'a letter of Kelvin': `${right.slice(0, -1)}\u212a`,
    'a no-break space behind': `${right}\u00a0`,
    ...(await endedKeys(house)),
  };
  return {
    ...Object.fromEntries(Object.entries(strings).flatMap(([name, key]) => everywhere(name, key))),
    'NUL behind, in the address': { search: `&key=${right}%00` },
    'NUL within, in the address': { search: `&key=${right.slice(0, 20)}%00${right.slice(20)}` },
    'NUL behind, as half of a pair': { fields: [basic(`${publicKey}:${right}\0`)] },
    'percent-encoded, in Authorization': { fields: [bearer(right.replace('v', '%76'))] },
    'a space before, in the address': { search: `&key=%20${right}` },
    'a space behind, in the address': { search: `&key=${right}+` },
    'a line break behind, in the address': { search: `&key=${right}%0d%0a` },
    'broken percent-encoding': { search: `&key=${right}%f` },
    'bytes that are no UTF-8': { search: `&key=${right}%ff` },
    'two words': { fields: [bearer(`${right} ${right}`)] },
    'another project’s pair': { fields: [basic(`${foreign.publicKey}:${right}`)] },
    'another project’s secret': { fields: [basic(`${publicKey}:${foreign.secret.expose()}`)] },
    'an unknown pair’s': { fields: [basic(`${generateKey('pk', 'live').expose()}:${right}`)] },
    'a public half twice': { fields: [basic(`${publicKey}:${publicKey}`)] },
    'Basic, the halves exchanged': { fields: [basic(`${right}:${publicKey}`)] },
    'Basic without a colon': { fields: [basic(right)] },
    'Basic with three colons': { fields: [basic(`${publicKey}:${right}::`)] },
    'Basic with an empty user': { fields: [basic(`:${right}`)] },
    'Basic with an empty password': { fields: [basic(`${publicKey}:`)] },
    'Basic with nothing but a colon': { fields: [basic(':')] },
    'Basic that is no base64': { fields: ['Authorization: Basic ?%?'] },
    'Basic in base64url': { fields: [basic(`${publicKey}:${right}\u00ff\u00fe\u00fb`, 'base64url')] },
    'Basic in two parts': { fields: [`Authorization: Basic ${publicKey} ${right}`] },
    'Basic and nothing': { fields: ['Authorization: Basic'] },
    'Bearer and nothing': { fields: ['Authorization: Bearer'] },
    'another scheme': { fields: [`Authorization: Digest ${right}`] },
    'no scheme': { fields: [`Authorization: ${right}`] },
    'twenty Authorization fields': { fields: twenty(bearer(right)) },
    'twenty X-Api-Key fields': { fields: twenty(`X-Api-Key: ${right}`) },
    'two X-Api-Key fields': { fields: [`X-Api-Key: ${right}`, `X-Api-Key: ${right}`] },
    'twenty parameters': { search: `&key=${right}`.repeat(20) },
    'an empty parameter before': { search: `&key=&key=${right}` },
    'right here, wrong there': { fields: [bearer(right), `X-Api-Key: ${mistype(right)}`] },
    'wrong here, right there': { fields: [bearer(mistype(right))], search: `&key=${right}` },
    '100 kB of Authorization': { fields: [bearer('y'.repeat(100_000))] },
    '100 kB of Authorization, of good keys': { fields: [bearer(`${right},`.repeat(1600))] },
    '100 kB of Basic': { fields: [basic(`${publicKey}:${'z'.repeat(70_000)}`)] },
    '100 kB of X-Api-Key': { fields: [`X-Api-Key: ${'w'.repeat(100_000)}`] },
  };
};
