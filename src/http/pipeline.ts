/** The walk of every request through the rooms; the order is the policy. */
import {
  isProjectCaller,
  type Caller,
  type LimitState,
  type Membership,
  type QuotaState,
} from '../foundation/caller.ts';
import type { Clock } from '../foundation/clock.ts';
import { Problem } from '../foundation/problem.ts';
import type { Result } from '../foundation/result.ts';
import {
  notAllowed,
  overLimit,
  tooManyStrangers,
  unauthenticated,
  type AuthoriseRefusal,
  type IdentifyRefusal,
  type LimitRefusal,
} from './access-problems.ts';
import { cookieNameOf } from './cookie.ts';
import { answerPreflight, isForBrowsers, PREFLIGHT, readableBy, readerOf } from './cors.ts';
import { refuseCrossSite } from './cross-site.ts';
import { clientGone, internalError, methodNotAllowed, notFound } from './edge-problems.ts';
import { SHED, turnedAway, type Overload } from './overload.ts';
import { isProblemForm, problemJson } from './problem-json.ts';
import { withRateLimits } from './rate-limit-fields.ts';
import type { Access, AnyRoute, ErrorForm, Reply, Request } from './route.ts';
import type { RouteMatch, Router } from './router.ts';

type Eventually<Value> = Value | Promise<Value>;

/** The rooms that one request walks through; the composition root supplies them. */
export interface Steps {
  /** Looks for the one credential that the access asks for, and for no other. */
  identify(request: Request, access: Access): Eventually<Result<Caller, IdentifyRefusal>>;
  limit(caller: Caller, cost: number, now: number): Eventually<Result<QuotaState | undefined, LimitRefusal>>;
  /** All limits that hold for a caller, as they stand, for our own API. */
  readLimits(caller: Caller, now: number): readonly LimitState[];
  /** The membership, on routes of a company. */
  authorise(
    caller: Caller,
    route: AnyRoute,
    request: Request,
    now: number,
  ): Eventually<Result<Membership | undefined, AuthoriseRefusal>>;
  /** A session's request that may have changed something is about to be answered. */
  noteChange(caller: Caller): void;
  /** One request has been answered. `caller` is undefined where none was identified. */
  meter(
    operation: string,
    status: number,
    milliseconds: number,
    caller: Caller | undefined,
    now: number,
    request: Request,
  ): void;
  /** Gives back what a refused or failed request had spent. */
  refund(caller: Caller, cost: number, now: number): void;
  /** Whether a request that nobody stands behind may still be looked at; false slows its source. */
  admitStranger(request: Request, now: number): boolean;
  /** Something was thrown that is not a Problem. */
  reportBug(error: unknown, operation: string): void;
}

/** The name under which requests for no route are counted. */
export const UNMATCHED = 'http.unmatched';

/** The name under which connections are counted that the edge closes without a word. */
export const CUT = 'http.cut';

/** What is known of a request so far; filled in as it walks. */
interface Walk {
  readonly request: Request;
  readonly operation: string;
  readonly errors: ErrorForm;
  /** Milliseconds since the epoch: of its arrival, or of the moment after it had to wait for something. */
  now: number;
  readonly startedAt: number;
  caller: Caller | undefined;
  membership: Membership | undefined;
  quota: QuotaState | undefined;
  /** The origin of the page that asks, on routes that are safe for browsers. */
  readonly page: string | undefined;
  /** Units spent that are given back if the request does not succeed, to the periods of when they were spent. */
  spent: number;
  spentAt: number;
  countedAs: string;
  /** Whether what is remembered of a session may be out of date afterwards. */
  readonly mayChange: boolean;
  /** Whether somebody has to stand behind it. */
  readonly needsCaller: boolean;
}

const withParams = (request: Request, params: Request['params']): Request => {
  for (const _name in params) {
    const { method, path, query, headers, body, address, secure, receive, stream } = request;
    const later = receive === undefined || stream === undefined ? {} : { receive, stream };
    const exposeHeader = (name: string): string | undefined => request.exposeHeader(name);
    const isGone = (): boolean => request.isGone?.() === true;
    const noteKnown = (): void => request.noteKnown?.();
    const copy = {
      method,
      path,
      params,
      query,
      headers,
      exposeHeader,
      body,
      address,
      secure,
      isGone,
      noteKnown,
    };
    return { ...copy, ...later };
  }
  return request;
};

/** Whether a reply sets the cookie of this name itself. */
const setsCookie = ({ headers, extra = [] }: Reply, name: string): boolean => {
  const isIt = (value: string | undefined): boolean => value?.startsWith(`${name}=`) === true;
  if (isIt(headers['set-cookie'])) return true;
  return extra.some((field, index) => index % 2 === 0 && field === 'set-cookie' && isIt(extra[index + 1]));
};

/** Sends a session's younger token along, unless the handler has ended or replaced the session. */
const withRenewal = (reply: Reply, caller: Caller | undefined): Reply => {
  if (caller?.credential !== 'session' || caller.renewal === undefined) return reply;
  if (setsCookie(reply, cookieNameOf(caller.renewal))) return reply;
  return { ...reply, extra: [...(reply.extra ?? []), 'set-cookie', caller.renewal] };
};

/** Whether pages of other origins may read what is said here. */
const isReadable = (match: RouteMatch): boolean =>
  match.kind === 'match' ? isForBrowsers(match.route.access) : match.kind === 'method' && match.isForBrowsers;

export interface PipelineOptions {
  readonly router: Router;
  readonly steps: Steps;
  readonly clock: Clock;
  /** Scheme, host and port of our pages, as browsers write them; undefined for a listener that no cookie works on. */
  readonly publicOrigin: string | undefined;
  /** Left out where nothing is ever turned away, as on the administrative listener. */
  readonly overload?: Pick<Overload, 'admits' | 'restMs'>;
}

const SECOND_MS = 1000;
/** Between the ends of two rests that began together; with no factor in common with a second, so that none coincide. */
const SPREAD_MS = 37;

/**
 * The walk of every request, in the order that is the policy: cross-site, identify, limit, authorise, parse, handle,
 * meter.
 * Answers at once where nothing has to be waited for, which is the common case and saves a turn of the event loop.
 */
export const createPipeline = ({
  router,
  steps,
  clock,
  publicOrigin,
  overload,
}: PipelineOptions): ((request: Request) => Eventually<Reply>) => {
  /** Our own API tells its callers how they stand; contracts have fields of their own. */
  const tellLimits = ({ caller, errors, now }: Walk, reply: Reply): Reply => {
    if (!isProblemForm(errors)) return reply;
    if (caller !== undefined) return withRateLimits(reply, steps.readLimits(caller, now));
    return reply.status === 429 ? withRateLimits(reply, []) : reply;
  };

  const finish = (walk: Walk, answered: Reply): Reply => {
    const { caller, page } = walk;
    const reply = tellLimits(walk, answered);
    if (caller !== undefined && !isProjectCaller(caller) && walk.mayChange) steps.noteChange(caller);
    steps.meter(
      walk.countedAs,
      reply.status,
      clock.monotonic() - walk.startedAt,
      caller,
      walk.now,
      walk.request,
    );
    if (page === undefined) return reply;
    // Every page may read why it is refused; nothing in an error is for anybody else.
    return reply.status >= 400 || caller?.credential === 'browser' ? readableBy(reply, page) : reply;
  };

  let resting = 0;

  const fail = (walk: Walk, error: unknown): Reply => {
    let problem: Problem;
    if (error instanceof Problem) {
      problem = error;
    } else {
      steps.reportBug(error, walk.operation);
      problem = internalError();
    }
    if (walk.caller !== undefined && walk.spent > 0) {
      steps.refund(walk.caller, walk.spent, walk.spentAt);
      if (walk.quota !== undefined)
        walk.quota = { ...walk.quota, remaining: walk.quota.remaining + walk.spent };
    }
    const { now, quota, request } = walk;
    const reply = finish(walk, walk.errors(problem, { now, quota, request }));
    const { status, code } = problem;
    const isRateLimited = code === 'rate_limited';
    if (walk.caller === undefined && (walk.needsCaller || isRateLimited)) {
      if (status < 500) return { ...reply, isRefusal: true };
      // Places for look-ups are taken by whoever comes. Not all may come back at once, when a second is over.
      resting = (resting + SPREAD_MS) % SECOND_MS;
      return status === 503 ? { ...reply, isRefusal: true, restMs: SECOND_MS + resting } : reply;
    }
    // Who is told to wait and goes on is not even read until the next second.
    return isRateLimited ? { ...reply, restMs: SECOND_MS - (now % SECOND_MS) } : reply;
  };

  /** Costs little more than HTTP itself, so that there is something left for those who are let in. */
  const turnAway = (walk: Walk, restMs: number): Reply => {
    walk.countedAs = SHED;
    const { now, quota, request } = walk;
    const reply = finish(walk, walk.errors(turnedAway(), { now, quota, request }));
    return restMs === 0 ? reply : { ...reply, restMs };
  };

  /** Runs the next step now or when its promise is there; whatever is thrown becomes the contract's error. */
  const then = <Value>(
    walk: Walk,
    value: Eventually<Value>,
    next: (value: Value) => Eventually<Reply>,
  ): Eventually<Reply> =>
    value instanceof Promise ? value.then(next).catch((error: unknown) => fail(walk, error)) : next(value);

  /** The same, unless the client has gone away meanwhile: what has not begun for it is not done. */
  const thenIfThere = <Value>(
    walk: Walk,
    value: Eventually<Value>,
    next: (value: Value) => Eventually<Reply>,
  ): Eventually<Reply> => {
    if (!(value instanceof Promise)) return next(value);
    return then(walk, value, (settled) => {
      if (walk.request.isGone?.() === true) throw clientGone();
      // Else one who had to wait would come, by the clock, before others who did not.
      walk.now = clock.now();
      return next(settled);
    });
  };

  const answer = (walk: Walk, route: AnyRoute): Eventually<Reply> => {
    const input: unknown = route.parse(walk.request);
    if (route.countAs !== undefined) walk.countedAs = route.countAs(input);
    const { caller, membership, request, quota, now } = walk;
    return then(walk, route.handle(input, { caller, membership, request, quota, now }), (reply) =>
      finish(walk, withRenewal(reply, caller)),
    );
  };

  const admitCaller = (walk: Walk, route: AnyRoute, caller: Caller): Eventually<Reply> => {
    walk.caller = caller;
    walk.request.noteKnown?.();
    const cost = route.costOf === undefined ? route.cost : route.costOf(walk.request);
    walk.spentAt = walk.now;
    return thenIfThere(walk, steps.limit(caller, cost, walk.spentAt), (limited) => {
      if (!limited.ok) {
        walk.quota = limited.reason.quota;
        throw overLimit(limited.reason);
      }
      walk.quota = limited.value;
      walk.spent = cost;
      return thenIfThere(walk, steps.authorise(caller, route, walk.request, walk.now), (authorised) => {
        if (!authorised.ok) throw notAllowed(authorised.reason);
        walk.membership = authorised.value;
        const { receive } = walk.request;
        if (receive === undefined || route.streamsBody === true) return answer(walk, route);
        return thenIfThere(walk, receive(), () => answer(walk, route));
      });
    });
  };

  const walkThrough = (walk: Walk, route: AnyRoute): Eventually<Reply> => {
    if (publicOrigin !== undefined) refuseCrossSite(route, walk.request, publicOrigin);
    if ('public' in route.access) {
      // Such a route says in a contract's words that there is nothing; nobody needs to hear it many times a second.
      if (route.path.endsWith('*') && !steps.admitStranger(walk.request, walk.now)) throw tooManyStrangers();
      return answer(walk, route);
    }
    const rehearsed = route.rehearsal?.(walk.request);
    if (rehearsed !== undefined) {
      if (!steps.admitStranger(walk.request, walk.now)) throw tooManyStrangers();
      return finish(walk, rehearsed(walk.now));
    }
    return thenIfThere(walk, steps.identify(walk.request, route.access), (identified) => {
      if (identified.ok) return admitCaller(walk, route, identified.value);
      if (!steps.admitStranger(walk.request, walk.now)) throw tooManyStrangers();
      throw unauthenticated(route.access, identified.reason);
    });
  };

  const unmatched = (walk: Walk, allow: readonly string[] | undefined): never => {
    if (!steps.admitStranger(walk.request, walk.now)) throw tooManyStrangers();
    throw allow === undefined ? notFound() : methodNotAllowed(allow);
  };

  const preflight = (request: Request): Reply | undefined => {
    const startedAt = clock.monotonic();
    const reply = answerPreflight(request, router);
    if (reply !== undefined)
      steps.meter(PREFLIGHT, reply.status, clock.monotonic() - startedAt, undefined, clock.now(), request);
    return reply;
  };

  return (request) => {
    if (request.method === 'OPTIONS') {
      const allowed = preflight(request);
      if (allowed !== undefined) return allowed;
    }
    const match = router.match(request.method, request.path);
    const operation = match.kind === 'match' ? match.route.operation : UNMATCHED;
    const walk: Walk = {
      request: match.kind === 'match' ? withParams(request, match.params) : request,
      operation,
      errors: match.kind === 'match' ? (match.route.errors ?? problemJson) : match.errors,
      now: clock.now(),
      startedAt: clock.monotonic(),
      caller: undefined,
      membership: undefined,
      quota: undefined,
      page: isReadable(match) ? readerOf(request) : undefined,
      spent: 0,
      spentAt: 0,
      countedAs: operation,
      mayChange: request.method !== 'GET' && !(match.kind === 'match' && match.route.changesNothing === true),
      needsCaller: match.kind !== 'match' || !('public' in match.route.access),
    };
    try {
      if (overload?.admits(walk.startedAt) === false) return turnAway(walk, overload.restMs());
      if (match.kind === 'match') return walkThrough(walk, match.route);
      return unmatched(walk, match.kind === 'method' ? match.allow : undefined);
    } catch (error) {
      return fail(walk, error);
    }
  };
};
