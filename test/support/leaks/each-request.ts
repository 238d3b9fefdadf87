/** Sees every request of the public listeners from outside of the program, as a careless dependency could. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { isMainThread } from 'node:worker_threads';

/** Calls back for each request in a worker thread; the main thread answers on the administrative port only. */
export const onEachRequest = (callback: (request: IncomingMessage) => void): void => {
  if (isMainThread) return;
  subscribe('http.server.request.start', (message) =>
    callback((message as { request: IncomingMessage }).request),
  );
};

/** The folder that a leak is told by the query of its URL: `…/leak.ts?folder=…`. */
export const folderOf = (url: string): string => new URL(url).searchParams.get('folder') ?? '';
