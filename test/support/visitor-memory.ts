/** How long the mark of a visitor stays in the memory of a server: after its request, and after so many of other visitors. */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:https';
import { postmasterOf, familyOf } from './processes.ts';
import { countInMemory, markForms } from './process-memory.ts';
import type { RunningServer } from './server.ts';
import type { VisitedSite } from './visitors.ts';

/** How many copies were left after so many requests of other visitors. */
export interface Remaining {
  readonly requests: number;
  readonly inServer: number;
  readonly inDatabase: number;
}

const freshMark = (): string => `m${randomBytes(12).toString('hex')}`;

/** One browser; each request like any, but for the mark in what a visitor brings along. */
const ask = (server: RunningServer, site: VisitedSite, agent: Agent, mark: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: server.port,
        agent,
        ca: server.ca,
        servername: 'localhost',
        path: `/api/?pid=${site.project}&v=${mark}`,
        headers: {
          origin: 'https://shop.visited.example',
          referer: `https://shop.visited.example/${mark}`,
          'user-agent': `Mozilla/5.0 (Linux; Android 13; SM-${mark.slice(0, 12)}) AppleWebKit/537.36 (${mark}) Chrome/116.0.5845.163 Mobile Safari/537.36`,
          'accept-language': `en-x-${mark}`,
          'x-forwarded-for': mark,
        },
      },
      (message) => {
        message.resume();
        message.once('end', () =>
          message.statusCode === 200 ? resolve() : reject(new Error(`status ${message.statusCode}`)),
        );
      },
    );
    sent.once('error', reject);
    sent.end();
  });

const askMany = async (
  server: RunningServer,
  site: VisitedSite,
  count: number,
  mark: () => string,
): Promise<void> => {
  let left = count;
  const work = async (): Promise<void> => {
    // Each connection is another visitor's, and some are reused, as browsers do.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let sent = 0; left > 0; sent += 1) {
      left -= 1;
      await ask(server, site, agent, mark());
      if (sent % 20 === 19) agent.destroy();
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: 8 }, work));
};

/**
 * Sends marked visitors, then unmarked ones, and counts the marks in memory in between.
 * @param steps after how many unmarked requests, altogether, to count.
 * @param enough a share of the copies right after the marked requests; where no more is left, it ends.
 */
export const measureMemory = async (
  server: RunningServer,
  site: VisitedSite,
  steps: readonly number[],
  enough = 0,
  marked = 500,
): Promise<readonly Remaining[]> => {
  const mark = freshMark();
  const forms = markForms(mark);
  const sum = (pids: readonly number[]): number =>
    pids.flatMap((pid) => countInMemory(pid, forms)).reduce((total, count) => total + count, 0);
  const look = (requests: number): Remaining => {
    const postmaster = postmasterOf(server.home.dataDir);
    return {
      requests,
      inServer: sum([server.pid]),
      inDatabase: postmaster === undefined ? 0 : sum(familyOf(postmaster)),
    };
  };
  await askMany(server, site, marked, () => mark);
  const found = [look(0)];
  let sent = 0;
  for (const step of steps) {
    await askMany(server, site, step - sent, freshMark);
    sent = step;
    found.push(look(sent));
    if ((found.at(-1)?.inServer ?? 0) <= enough * (found[0]?.inServer ?? 0)) break;
  }
  return found;
};
