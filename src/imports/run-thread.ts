/** Runs the thread of an import to its end, and ends it where it does not stop by itself. */
import { Worker } from 'node:worker_threads';
import type { ThreadEnd, ThreadNews, ThreadTools } from './thread-work.ts';

/** So long may a thread take to stop by itself. */
const STOP_MS = 10_000;

/** @param script calls `workInThread`. @param job plain data. Rejects where the thread ended with a bug. */
export const runInThread = <Result>(
  script: URL,
  job: unknown,
  { report, signal }: ThreadTools,
): Promise<ThreadEnd<Result>> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(script, { workerData: job });
    let end: ThreadEnd<Result> | undefined;
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      thread.postMessage('stop');
      timer = setTimeout(() => void thread.terminate(), STOP_MS);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    thread.on('message', (news: ThreadNews<Result>) => {
      if (news.kind === 'progress') report(news.message, news.share);
      else end = news;
    });
    thread.once('error', reject);
    thread.once('exit', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (end !== undefined) resolve(end);
      else if (signal.aborted) resolve({ kind: 'stopped' });
      else reject(new Error('the import ended without a word'));
    });
  });
