/** A port that stays free while nothing listens on it. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A free TCP port of loopback, below those that systems hand out by themselves (from 32768 at the earliest): while its
 * server is not there yet, or away for a moment, no connection or listener of another test is given it.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(10_240, 32_768);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
};
