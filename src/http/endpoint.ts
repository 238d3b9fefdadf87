/** Endpoints of our own API under `/v1`: JSON in, JSON out, described by the schemas that check them. */
import { z, type ZodType } from 'zod';
import type { Membership, PendingCaller, ProjectCaller, SessionCaller } from '../foundation/caller.ts';
import { Problem } from '../foundation/problem.ts';
import { parseJsonBody } from './json-body.ts';
import { parseNames, queryValue } from './names.ts';
import type { Access, AnyRoute, CallContext, Method, Reply, Request } from './route.ts';

/** What a handler knows besides its input, by who may call it. */
interface Common {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly request: Request;
}
export type ContextOf<Who extends Access> = Common &
  (Who extends { readonly member: string }
    ? { readonly caller: SessionCaller; readonly membership: Membership }
    : Who extends { readonly session: true }
      ? { readonly caller: SessionCaller }
      : Who extends { readonly pending: true }
        ? { readonly caller: PendingCaller }
        : Who extends { readonly secretKey: string }
          ? { readonly caller: ProjectCaller }
          : unknown);

type Shape = Readonly<Record<string, ZodType>>;
/** Of an endpoint without parameters: there is no name that could be asked for. */
// oxlint-disable-next-line typescript/no-empty-object-type -- `Record<string, never>` would let any name be asked for
type NoShape = {};
type Values<S extends Shape> = { readonly [Name in keyof S]: z.output<S[Name]> };

/** What was asked, once it is parsed. */
export interface Input<Params extends Shape, Query extends Shape, Body extends ZodType> {
  readonly params: Values<Params>;
  readonly query: Values<Query>;
  readonly body: z.output<Body>;
}

/** What a handler gives back: the status of `reply` and a body of its schema, or a whole Reply of another kind. */
export interface Answer<Body> {
  readonly body: Body;
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[];
}

export interface EndpointDefinition<
  Who extends Access,
  Params extends Shape,
  Query extends Shape,
  Body extends ZodType,
  Out extends ZodType,
> {
  readonly operation: string;
  readonly method: Method;
  readonly path: string;
  readonly access: Who;
  readonly fresh?: boolean;
  /** Set where it only asks, so that no thread looks anew at the session. */
  readonly changesNothing?: boolean;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** By the names in the path. */
  readonly params?: Params;
  /** Optional parameters have an optional schema. */
  readonly query?: Query;
  /** A `z.strictObject`; left out where the endpoint takes no body. */
  readonly body?: Body;
  readonly reply: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    /** Left out with 204, or with a `type` other than JSON, where the handler gives a Reply. */
    readonly schema?: Out;
    readonly type?: string;
  };
  /** What else may come of it in order, by status; the handler then gives a Reply. */
  readonly otherReplies?: Readonly<
    Record<number, { readonly description: string; readonly schema: ZodType }>
  >;
  /** Further statuses that a caller has to expect, with the codes of their problems. */
  readonly problems?: Readonly<Record<number, string>>;
  handle(
    input: Input<Params, Query, Body>,
    context: ContextOf<Who>,
  ): Promise<Answer<z.input<Out>> | Reply> | Answer<z.input<Out>> | Reply;
}

const isReply = (answer: Answer<unknown> | Reply): answer is Reply => 'status' in answer;

/** `Set-Cookie` may not be folded into one field (RFC 9110 §5.3), so each has its own. */
const cookieHeaders = (cookies: readonly string[]): readonly string[] =>
  cookies.flatMap((cookie) => ['set-cookie', cookie]);

/** What an endpoint takes that asks for no body: none, or an empty object, which some clients always send. */
const NO_BODY = z.strictObject({});

/** Answers of our API are for nobody else's cache. */
const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;

/** Makes a route of an endpoint: the schemas parse what comes and shape what goes, so that both are as documented. */
export const defineEndpoint = <
  const Who extends Access,
  Params extends Shape = NoShape,
  Query extends Shape = NoShape,
  Body extends ZodType = z.ZodUndefined,
  Out extends ZodType = z.ZodUndefined,
>(
  definition: EndpointDefinition<Who, Params, Query, Body, Out>,
): AnyRoute => {
  const { body, reply, problems = {} } = definition;
  const params: Shape = definition.params ?? {};
  const query: Shape = definition.query ?? {};
  const { status, schema } = reply;
  const replies: Record<number, { description: string; type: string; schema?: ZodType }> = {
    [status]: {
      description: reply.description,
      type: reply.type ?? 'application/json',
      ...(schema === undefined ? {} : { schema }),
    },
  };
  for (const [code, other] of Object.entries(definition.otherReplies ?? {}))
    replies[Number(code)] = { ...other, type: 'application/json' };
  for (const [code, description] of Object.entries(problems))
    replies[Number(code)] = { description, type: 'application/problem+json' };

  return {
    operation: definition.operation,
    method: definition.method,
    path: definition.path,
    access: definition.access,
    ...(definition.fresh === undefined ? {} : { fresh: definition.fresh }),
    ...(definition.changesNothing === undefined ? {} : { changesNothing: definition.changesNothing }),
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary: definition.summary,
      description: definition.description,
      tag: definition.tag,
      query: Object.fromEntries(
        Object.entries(query).map(([name, one]) => [
          name,
          { schema: one, required: !one.safeParse(undefined).success },
        ]),
      ),
      path: params,
      ...(body === undefined ? {} : { body }),
      replies,
    },
    parse: (request: Request): Input<Params, Query, Body> => {
      // A body that is not looked at could be taken for one that was.
      if (body === undefined && definition.method !== 'GET') parseJsonBody(request, NO_BODY);
      return {
        params: parseNames(params, (name) => request.params[name], 'path') as Values<Params>,
        query: parseNames(
          query,
          (name) => queryValue(request.query.expose(), name),
          'query',
        ) as Values<Query>,
        body: (body === undefined ? undefined : parseJsonBody(request, body)) as z.output<Body>,
      };
    },
    handle: async (input: Input<Params, Query, Body>, context: CallContext): Promise<Reply> => {
      const answer = await definition.handle(input, context as unknown as ContextOf<Who>);
      if (isReply(answer)) return answer;
      const extra = cookieHeaders(answer.cookies ?? []);
      if (status === 204 || schema === undefined) {
        return { status, headers: { 'cache-control': 'no-store' }, extra, body: '' };
      }
      // What was not promised does not go out, whatever the handler put in.
      return { status, headers: HEADERS, extra, body: JSON.stringify(schema.parse(answer.body)) };
    },
  };
};

/** A 404 that says of what; the same whether it never was, is gone, or is somebody else's. */
export const notFoundProblem = (code: string, title: string, field: string): Problem =>
  new Problem(404, code, title, { field });
