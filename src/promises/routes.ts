/** The security report and its history for machines; the page for people is the console's. */
import { defineRoute, type AnyRoute, type Reply } from '../http/route.ts';
import type { ReadHistory } from './journal.ts';
import { beforeInvalid } from './problems.ts';
import type { SecurityReport } from './report.ts';
import { beforeSchema, historySchema, reportSchema } from './schemas.ts';

/** Where the routes read from. */
export interface PromiseRoutesOptions {
  /** The newest report; in a worker thread, what the main thread has sent last. */
  readonly report: () => SecurityReport;
  /** Entries before a number, or the newest; oldest first. */
  readonly history: ReadHistory;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Open to every origin: whoever watches this server may do so from a page of their own. */
const reply = (body: object): Reply => ({
  status: 200,
  headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store', 'access-control-allow-origin': '*' },
  body: JSON.stringify(body),
});

/** Routes of the room, as data. */
export const promiseRoutes = ({ report, history }: PromiseRoutesOptions): readonly AnyRoute[] => [
  defineRoute<undefined>({
    operation: 'promises.show',
    method: 'GET',
    path: '/security.json',
    access: { public: 'What is promised, and whether it is kept, is for everybody to see.' },
    cost: 0,
    overPlainHttp: 'redirect',
    docs: {
      summary: 'What this server promises, and whether it is kept',
      description:
        'Each promise with what enforces it and what its last check against the running system found. A check by the server itself proves consistency, not honesty: repeat from outside what can be repeated.',
      tag: 'Security',
      query: {},
      replies: { 200: { description: 'The report.', type: JSON_TYPE, schema: reportSchema } },
    },
    parse: () => undefined,
    handle: () => reply(report()),
  }),
  defineRoute<{ readonly before: number | undefined }>({
    operation: 'promises.history',
    method: 'GET',
    path: '/security/history.json',
    access: { public: 'The history is signed and chained so that everybody can verify it.' },
    cost: 0,
    overPlainHttp: 'redirect',
    docs: {
      summary: 'What earlier checks found',
      description:
        'The append-only history of the promises: an entry where a state changes and at least one an hour. Each entry carries the hash of the one before and a signature by the key of the report.',
      tag: 'Security',
      query: { before: { schema: beforeSchema, required: false } },
      replies: {
        200: { description: 'Entries, oldest first.', type: JSON_TYPE, schema: historySchema },
        400: { description: '`before` is not the number of an entry.', type: 'application/problem+json' },
      },
    },
    parse: (request) => {
      const query = request.query.expose();
      if (query.malformed.has('before') || query.duplicated.has('before')) throw beforeInvalid();
      const given = query.values.get('before');
      if (given === undefined) return { before: undefined };
      const before = beforeSchema.safeParse(given);
      if (!before.success) throw beforeInvalid();
      return { before: before.data };
    },
    handle: async ({ before }) => reply({ entries: await history(before) }),
  }),
];
