/** The edge and the pipeline in one thread, with a route whose work takes as long as it is told to. */
import { ok } from '../src/foundation/result.ts';
import { systemClock } from '../src/foundation/clock.ts';
import { internalError } from '../src/http/edge-problems.ts';
import { createOverload } from '../src/http/overload.ts';
import { createPipeline } from '../src/http/pipeline.ts';
import { problemJson } from '../src/http/problem-json.ts';
import { defineRoute, type Reply } from '../src/http/route.ts';
import { createRouter } from '../src/http/router.ts';
import { createEdge, type Edge } from '../src/http/server.ts';
import { answerBench } from './child.ts';

/** Starts it; the answer is its port. */
export interface BeginOverload {
  readonly ask: 'begin';
  /** Microseconds of processor for each request, beside what HTTP costs. */
  readonly workMicroseconds: number;
  /** Whether requests are turned away when there are too many. */
  readonly sheds: boolean;
}

let edge: Edge | undefined;

const done: Reply = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(1000) };

let sink = 0;

/** Keeps the processor busy, for a number of steps and not for a time: work does not get less when somebody else works too. */
const spin = (rounds: number): void => {
  let value = sink | 1;
  for (let round = 0; round < rounds; round += 1) value = Math.imul(value, 1_664_525) + 1_013_904_223;
  sink = value;
};

/** How many rounds take so long; the best of many tries, in which nobody else was in the way. */
const calibrate = (microseconds: number): number => {
  const tried = 100_000;
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const startedAt = systemClock.monotonic();
    spin(tried);
    best = Math.min(best, systemClock.monotonic() - startedAt);
  }
  return Math.round((tried * microseconds) / 1000 / best);
};

const begin = async ({ workMicroseconds, sheds }: BeginOverload): Promise<number> => {
  const clock = systemClock;
  const rounds = calibrate(workMicroseconds);
  const work = (): Reply => {
    spin(rounds);
    return done;
  };
  const route = defineRoute({
    operation: 'work.do',
    method: 'GET',
    path: '/work',
    access: { public: 'a bench' },
    cost: 0,
    overPlainHttp: 'refuse',
    docs: { summary: '', description: '', tag: '', query: {}, replies: {} },
    parse: () => undefined,
    handle: work,
  });
  const hooks = { onBegin: () => undefined, onEnd: () => undefined };
  const overload = createOverload({ clock, hooks });
  edge = createEdge({
    handler: createPipeline({
      router: createRouter([route]),
      clock,
      publicOrigin: undefined,
      ...(sheds ? { overload } : {}),
      steps: {
        identify: () => {
          throw new Error('nobody is identified here');
        },
        limit: () => ok(undefined),
        readLimits: () => [],
        authorise: () => ok(undefined),
        noteChange: () => undefined,
        meter: () => undefined,
        refund: () => undefined,
        admitStranger: () => true,
        reportBug: (error) => {
          throw error;
        },
      },
    }),
    onError: () => problemJson(internalError(), { now: clock.now(), quota: undefined, request: undefined }),
    clock,
    limits: { maxConnectionsPerSource: 10_000 },
    ...(sheds ? { overload } : {}),
  });
  // As the server listens.
  return (await edge.listen({ port: 0, host: '127.0.0.1', reusePort: true })).port;
};

answerBench(begin, async () => edge?.close(0));
