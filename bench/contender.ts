/** Servers that check a key before a constant answer, as the bench sees them: a process each that says what it used. */
import { Agent, request } from 'node:http';
import { Agent as SecureAgent, request as requestSecurely } from 'node:https';
import type { Child } from './child.ts';

/** Starts a peer in its process; the answer is `Opened`. */
export interface OpenPeer {
  readonly ask: 'open';
  /** Keys that it shall know, where they are not of its own making. */
  readonly keys: readonly string[];
  /** Where it shall forward what it lets in, for a proxy. */
  readonly backendPort: number;
}

/** A peer that listens. */
export interface Opened {
  readonly port: number;
  /** A header line with each good key. */
  readonly fields: readonly string[];
  /** Header lines with keys of the right form that are not good. */
  readonly wrong: readonly string[];
  /** What was started, with its version. */
  readonly name: string;
}

/** One side of the contest. */
export interface Contender extends Opened {
  /** Answers `AskUsage`. */
  readonly server: Omit<Child, 'pid'>;
  readonly target: string;
  /** PEM of its authority, where it speaks TLS. */
  readonly ca?: string;
  /** Whether it lets in whoever comes, being what the others are measured against. */
  readonly isOpen?: boolean;
  /** What stands in a good answer, where it is not the constant. */
  readonly says?: string;
}

interface Seen {
  readonly status: number;
  readonly body: string;
}

/** One request on a connection of its own. */
const look = ({ port, target, ca }: Contender, field: string | undefined): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const colon = field?.indexOf(':') ?? 0;
    const headers = field === undefined ? {} : { [field.slice(0, colon)]: field.slice(colon + 1).trim() };
    const place = { host: '127.0.0.1', port, path: target, headers, timeout: 10_000 };
    const sent =
      ca === undefined
        ? request({ ...place, agent: new Agent() })
        : requestSecurely({ ...place, agent: new SecureAgent(), ca, servername: 'localhost' });
    sent.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.once('timeout', () => sent.destroy(new Error('an answer did not come')));
    sent.once('error', reject);
    sent.end();
  });

/** Good keys that are tried one by one before anything is measured. */
const TRIED = 10;

/**
 * Makes sure that a contender does what it is measured for: good keys get the answer, no key and wrong ones do not.
 * @throws where it does otherwise, for then its figures would mean nothing.
 */
export const checkContender = async (contender: Contender, answer: string): Promise<void> => {
  const { name, fields, wrong, isOpen = false, says } = contender;
  const isGood = (body: string): boolean => (says === undefined ? body === answer : body.includes(says));
  const step = Math.max(1, Math.floor(fields.length / TRIED));
  for (const field of fields.filter((_, index) => index % step === 0)) {
    const seen = await look(contender, field);
    if (seen.status !== 200 || !isGood(seen.body))
      throw new Error(`${name} answered a good key with ${seen.status} and ${seen.body.length} characters`);
  }
  if (isOpen) return;
  for (const field of [undefined, ...wrong]) {
    const { status } = await look(contender, field);
    if (status !== 401 && status !== 403)
      throw new Error(`${name} answered ${field === undefined ? 'no' : 'a wrong'} key with ${status}`);
  }
};
