/** Measured programs run as processes of their own; this is how the bench talks with them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pinned } from './machine.ts';

/** One program that answers one question at a time. */
export interface Child {
  readonly pid: number;
  ask<Answer>(question: object): Promise<Answer>;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

type Reply = { readonly value: unknown } | { readonly failure: string };

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `bench/<file>` on one core, or wherever the system likes where that is undefined; `flags` go to Node. */
export const startChild = (file: string, core: number | undefined, flags: readonly string[] = []): Child => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const all = [...flags, path];
  const [program, words] = core === undefined ? [process.execPath, all] : pinned(core, process.execPath, all);
  const child = spawn(program, words, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  running.add(child);
  const gone = once(child, 'exit').finally(() => running.delete(child));
  return {
    pid: child.pid ?? 0,
    ask: async <Answer>(question: object): Promise<Answer> => {
      const answer = once(child, 'message') as Promise<[Reply]>;
      child.send(question);
      const ended = gone.then(() => {
        throw new Error(`${file} ended before it answered`);
      });
      const [reply] = await Promise.race([answer, ended]);
      if ('failure' in reply) throw new Error(`${file}: ${reply.failure}`);
      return reply.value as Answer;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
};

/** The other side: answers each question of the bench, and ends when the bench lets go. */
export const answerBench = (answer: (question: never) => unknown, close: () => Promise<void>): void => {
  process.on('message', (question: unknown) => {
    const reply = async (): Promise<Reply> => {
      try {
        return { value: await answer(question as never) };
      } catch (error) {
        return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      }
    };
    void reply().then((sent) => process.send?.(sent));
  });
  process.once('disconnect', () => {
    void close().finally(() => process.exit());
  });
};
