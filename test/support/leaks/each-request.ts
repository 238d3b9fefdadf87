/** Sees every request of the public listeners from outside of the program, as a careless dependency could. */
import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';
import { isMainThread } from 'node:worker_threads';

/** Calls back for each request in a worker thread; the main thread answers on the administrative port only. */
export const onEachRequest = (callback: (request: IncomingMessage) => void): void => {
  if (isMainThread) return;
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    // The server's own requests show them to whoever knows how to ask (`edge-message.ts`); a leak helps itself.
    const headers = Reflect.get(IncomingMessage.prototype, 'headers', request);
    callback(Object.defineProperty(request, 'headers', { value: headers }));
  });
};

/** The folder that a leak is told by the query of its URL: `…/leak.ts?folder=…`. */
export const folderOf = (url: string): string => new URL(url).searchParams.get('folder') ?? '';
