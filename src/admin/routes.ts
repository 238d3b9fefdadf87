import { z } from 'zod';
import { type AnyRoute, defineRoute, type Reply } from '../http/route.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { Exposition } from '../metering/exposition.ts';
import type { SecurityReport } from '../promises/report.ts';
import { assertLocalName } from './local-name.ts';
import { mailboxRoutes } from './mailbox.ts';

export interface AdminParts {
  /** Whether requests are answered now. */
  readonly isReady: () => boolean;
  readonly exposition: Exposition;
  /** Runs every check of every promise now. */
  readonly runChecks: () => Promise<SecurityReport>;
  /** Mail that had nowhere to go. */
  readonly mailbox: Mailbox;
}

const REASON = 'the listener is bound to loopback and these routes hold no content';

const text = (status: number, body: string): Reply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body,
});

/** The administrative listener: health, readiness, metrics, the order to check all promises now, the local mailbox. */
export const adminRoutes = ({ isReady, exposition, runChecks, mailbox }: AdminParts): readonly AnyRoute[] => [
  defineRoute({
    operation: 'health.show',
    method: 'GET',
    path: '/health',
    access: { public: REASON },
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Whether the process lives',
      description: 'Liveness: answers as long as the process does.',
      tag: 'Administration',
      query: {},
      replies: { 200: { description: 'It lives', type: 'text/plain' } },
    },
    parse: assertLocalName,
    handle: () => text(200, 'ok\n'),
  }),
  defineRoute({
    operation: 'readiness.show',
    method: 'GET',
    path: '/ready',
    access: { public: REASON },
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Whether requests are answered',
      description:
        'Readiness: 503 before the workers listen, while none is alive, and from the order to stop.',
      tag: 'Administration',
      query: {},
      replies: {
        200: { description: 'Ready', type: 'text/plain' },
        503: { description: 'Not ready', type: 'text/plain' },
      },
    },
    parse: assertLocalName,
    handle: () => (isReady() ? text(200, 'ready\n') : text(503, 'not ready\n')),
  }),
  defineRoute({
    operation: 'metrics.show',
    method: 'GET',
    path: '/metrics',
    access: { public: REASON },
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Metrics for Prometheus',
      description: 'Counts and durations by operation and outcome; no label holds what a caller sent.',
      tag: 'Administration',
      query: {},
      replies: { 200: { description: 'Prometheus text format', type: 'text/plain' } },
    },
    parse: assertLocalName,
    handle: async () => ({
      status: 200,
      headers: { 'content-type': exposition.contentType, 'cache-control': 'no-store' },
      body: await exposition.text(),
    }),
  }),
  defineRoute({
    operation: 'promises.check',
    method: 'POST',
    path: '/promises/check',
    access: { public: REASON },
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Check every promise now',
      description: 'What `vouchsafe verify` calls.',
      tag: 'Administration',
      query: {},
      replies: { 200: { description: 'The report', type: 'application/json', schema: z.unknown() } },
    },
    parse: assertLocalName,
    handle: async () => ({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify(await runChecks()),
    }),
  }),
  ...mailboxRoutes(mailbox),
];
