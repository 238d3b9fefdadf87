/** Hashing across a border: the main thread has the hash threads, the threads that answer requests ask through a port. */
import type { MessagePort } from 'node:worker_threads';
import { Problem, type ProblemExtensions } from '../foundation/problem.ts';
import { Secret } from '../foundation/secret.ts';
import type { PasswordHasher, Verdict } from './hasher.ts';
import { busy } from './problems.ts';
import type { Assessment } from './strength.ts';

type Question = { readonly id: number; readonly password: string; readonly source: string } & (
  | { readonly kind: 'hash' }
  | { readonly kind: 'verify'; readonly phc: string | undefined }
  | { readonly kind: 'assess'; readonly userInputs: readonly string[] }
);

/** A Problem as data, without its cause, which is for the thread that has it. */
interface PlainProblem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: ProblemExtensions;
}

type Answer = { readonly id: number } & (
  | { readonly value: string | Verdict | Assessment }
  | { readonly problem: PlainProblem }
  | { readonly bug: string }
);

const plain = ({ status, code, title, detail, field, headers, extensions }: Problem): PlainProblem => ({
  status,
  code,
  title,
  detail,
  field,
  headers,
  extensions,
});

const rebuild = ({ status, code, title, detail, field, headers, extensions }: PlainProblem): Problem =>
  new Problem(status, code, title, {
    headers,
    extensions,
    ...(detail === undefined ? {} : { detail }),
    ...(field === undefined ? {} : { field }),
  });

const ask = (hasher: PasswordHasher, question: Question): Promise<string | Verdict | Assessment> => {
  const password = new Secret(question.password);
  const { source } = question;
  if (question.kind === 'hash') return hasher.hash(password, source);
  if (question.kind === 'verify') return hasher.verify(password, question.phc, source);
  return hasher.assess(password, question.userInputs, source);
};

/** Answers what comes through the port until it closes, which it does when the thread behind it ends. */
export const serveHasher = (port: MessagePort, hasher: PasswordHasher): void => {
  const answer = async (question: Question): Promise<Answer> => {
    const { id } = question;
    try {
      return { id, value: await ask(hasher, question) };
    } catch (error) {
      if (error instanceof Problem) return { id, problem: plain(error) };
      return { id, bug: error instanceof Error ? error.name : 'unknown' };
    }
  };
  port.on('message', (question: Question) => {
    void answer(question).then((reply) => port.postMessage(reply));
  });
  port.unref();
};

interface Pending {
  resolve(value: string | Verdict | Assessment): void;
  reject(error: Error): void;
}

/** The other end: asks through the port. `close` closes the port, not the hash threads. */
export const createRemoteHasher = (port: MessagePort): PasswordHasher => {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let closed = false;

  const settle = (reply: Answer): void => {
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    // Only an open question keeps this thread alive.
    if (pending.size === 0) port.unref();
    if ('value' in reply) waiting?.resolve(reply.value);
    else if ('problem' in reply) waiting?.reject(rebuild(reply.problem));
    else waiting?.reject(new Error(`hashing failed with ${reply.bug}`));
  };

  port.on('message', settle);
  port.unref();
  port.once('close', () => {
    closed = true;
    for (const waiting of pending.values()) waiting.reject(busy());
    pending.clear();
  });

  const send = <Value extends string | Verdict | Assessment>(
    make: (id: number) => Question,
  ): Promise<Value> =>
    new Promise((resolve, reject) => {
      if (closed) {
        reject(busy());
        return;
      }
      lastId += 1;
      pending.set(lastId, { resolve: (value) => resolve(value as Value), reject });
      port.ref();
      port.postMessage(make(lastId));
    });

  return {
    hash: (password, source) =>
      send<string>((id) => ({ id, kind: 'hash', password: password.expose(), source })),
    verify: (password, phc, source) =>
      send<Verdict>((id) => ({ id, kind: 'verify', password: password.expose(), phc, source })),
    assess: (password, userInputs, source) =>
      send<Assessment>((id) => ({ id, kind: 'assess', password: password.expose(), userInputs, source })),
    close: async () => {
      if (closed) return;
      const gone = new Promise<void>((resolve) => port.once('close', () => resolve()));
      port.close();
      await gone;
    },
  };
};
