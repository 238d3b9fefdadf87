/** A real server for the length of a block. */
import { startServer, type RunningServer, type ServerOptions } from './server.ts';

/** Killed at the end of its block, database included, where it still runs then. */
export interface Served extends AsyncDisposable {
  readonly server: RunningServer;
}

/** Starts a server and waits until it is ready. */
export const serve = async (options: ServerOptions = {}): Promise<Served> => {
  const server = await startServer(options);
  return {
    server,
    [Symbol.asyncDispose]: async () => {
      if (server.child.exitCode === null && server.child.signalCode === null) await server.kill('everything');
    },
  };
};
