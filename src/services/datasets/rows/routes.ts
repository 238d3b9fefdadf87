/** PostgREST's wire: `/datasets/v1/:dataset` for keys, and the same below a company for its members. */
import type { Caller } from '../../../foundation/caller.ts';
import type { CompanyId } from '../../../foundation/ids.ts';
import { exposeSearch } from '../../../http/edge-request.ts';
import { defineRoute, type AnyRoute, type Method, type Reply, type Request } from '../../../http/route.ts';
import { z } from 'zod';
import type { DatasetActor } from '../access/actor.ts';
import { refuseEncoding, refuseTable } from '../query/problems.ts';
import type { DatasetRequest, Method as QueryMethod } from '../query/plan-request.ts';
import { BOUNDS } from '../query/bounds.ts';
import { ROW_CAP, type Asked, type RowsAnswer } from './asked.ts';
import { readTarget, type Target } from './target.ts';
import { memberErrors, wireErrors } from './wire-errors.ts';

/** The header in which Supabase's clients send a key. */
export const KEY_HEADER = 'apikey';

/** Where keys find datasets; also the prefix of the wire's errors. */
export const WIRE_PREFIX = '/datasets/v1/';

const JSON_TYPE = 'application/json; charset=utf-8';

export interface RowParts {
  readonly readRows: (asked: Asked) => Promise<RowsAnswer>;
  readonly changeRows: (asked: Asked) => Promise<RowsAnswer>;
}

interface Input {
  readonly target: Target;
  readonly request: DatasetRequest;
  readonly expected?: number;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

const bodyOf = (request: Request): string => {
  try {
    return UTF8.decode(request.body.expose());
  } catch {
    throw refuseEncoding();
  }
};

const readInput = (request: Request): Input => {
  const { method } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  const prefer = request.exposeHeader('prefer');
  const accept = request.exposeHeader('accept');
  const range = isRead ? request.exposeHeader('range') : undefined;
  const contentType = isRead ? undefined : request.exposeHeader('content-type');
  const match = isRead ? undefined : /^"([0-9]{1,9})"$/.exec(request.exposeHeader('if-match') ?? '')?.[1];
  return {
    target: readTarget(request.params['dataset'] ?? ''),
    request: {
      method: method as QueryMethod,
      search: exposeSearch(request),
      ...(prefer !== undefined && { prefer }),
      ...(accept !== undefined && { accept }),
      ...(range !== undefined && { range }),
      ...(contentType !== undefined && { contentType }),
      ...(isRead ? undefined : { body: bodyOf(request) }),
    },
    ...(match !== undefined && { expected: Number(match) }),
  };
};

/** Who asks: a key for its company, or a user in one. */
const actorOf = (caller: Caller | undefined, request: Request): Pick<Asked, 'actor' | 'key'> => {
  if (caller?.credential === 'secret-key') return { actor: { company: caller.company }, key: caller.key };
  if (caller?.credential !== 'session') throw refuseTable();
  // The pipeline has seen that the user is a member of it.
  const actor: DatasetActor = { company: request.params['company'] as CompanyId, user: caller.user };
  return { actor };
};

const replyOf = ({ answer, version }: RowsAnswer, path: string): Reply => {
  const { status, headers, body } = answer;
  const { location, ...others } = headers;
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'dataset-version': String(version),
      ...others,
      // As callers know the address.
      ...(location !== undefined && { location: `${path}${location.slice(location.indexOf('?'))}` }),
    },
    body,
  };
};

interface Verb {
  readonly method: Method;
  readonly wire: string;
  readonly member: string;
  readonly summary: string;
  readonly description: string;
}

const VERBS: readonly Verb[] = [
  {
    method: 'GET',
    wire: 'datasets.select',
    member: 'datasets.listRows',
    summary: 'Read rows of a dataset',
    description: `PostgREST's filters (\`?depth=gt.1000\`), \`select\`, \`order\`, \`limit\`, \`offset\`, \`Range\`, \`Prefer: count=exact\`, CSV and singular objects. At most ${ROW_CAP} rows an answer; \`Link\` says where the next are. \`name@3\` reads version 3.`,
  },
  {
    method: 'POST',
    wire: 'datasets.insert',
    member: 'datasets.addRows',
    summary: 'Add rows to a dataset',
    description:
      'A JSON object, an array of them, or CSV. `Prefer: resolution=merge-duplicates` updates rows of the same key. All of them or none; makes a version.',
  },
  {
    method: 'PATCH',
    wire: 'datasets.update',
    member: 'datasets.changeRows',
    summary: 'Change rows of a dataset',
    description:
      'Sets columns of all rows that the filters match; without a filter it is refused. Makes a version; `If-Match: "7"` does so only on version 7.',
  },
  {
    method: 'PUT',
    wire: 'datasets.upsert',
    member: 'datasets.putRow',
    summary: 'Put one row of a dataset',
    description: 'The row whose key the filters name, whole; it is made where there is none.',
  },
  {
    method: 'DELETE',
    wire: 'datasets.remove',
    member: 'datasets.removeRows',
    summary: 'Remove rows of a dataset',
    description: 'All rows that the filters match; without a filter it is refused. Makes a version.',
  },
];

const DATASET = z
  .string()
  .describe('Name or id of a dataset; for reads with `@` and a version where not the present one is meant');

const routeOf = (verb: Verb, parts: RowParts, isWire: boolean): AnyRoute => {
  const { method, wire, member, summary, description } = verb;
  const isRead = method === 'GET';
  const run = isRead ? parts.readRows : parts.changeRows;
  const path = isWire ? `${WIRE_PREFIX}:dataset` : '/v1/companies/:company/datasets/:dataset/rows';
  return defineRoute<Input>({
    operation: isWire ? wire : member,
    method,
    path,
    access: isWire
      ? { secretKey: isRead ? 'datasets:read' : 'datasets:write', keyHeader: KEY_HEADER, keyInHeaders: true }
      : { member: 'datasets.read' },
    cost: isWire ? 1 : 0,
    ...(isRead ? { answersHead: true } : { body: { maxBytes: BOUNDS.bodyLength } }),
    // Filters are values of rows.
    keepsNothing: true,
    errors: isWire ? wireErrors : memberErrors,
    overPlainHttp: 'refuse',
    docs: {
      summary,
      description,
      tag: 'Datasets',
      query: {},
      path: isWire ? { dataset: DATASET } : { company: z.string(), dataset: DATASET },
      ...(method === 'POST' || method === 'PATCH' || method === 'PUT' ? { body: z.unknown() } : undefined),
      replies: {
        200: { description: 'Rows, where rows are asked for.', type: JSON_TYPE },
        ...(isRead
          ? { 206: { description: 'A part of the rows; `Content-Range` says which.', type: JSON_TYPE } }
          : { 204: { description: 'Done.', type: JSON_TYPE } }),
        ...(method === 'POST' || method === 'PUT'
          ? { 201: { description: 'Rows were added.', type: JSON_TYPE } }
          : undefined),
        400: { description: 'The query or the body cannot be read', type: JSON_TYPE },
        404: { description: 'There is no such dataset for this caller', type: JSON_TYPE },
        ...(isRead
          ? { 416: { description: 'The offset is behind the last row', type: JSON_TYPE } }
          : {
              409: { description: 'A row of the same key is there', type: JSON_TYPE },
              412: { description: 'The version has moved on (`version_moved_on`)', type: JSON_TYPE },
            }),
      },
    },
    parse: readInput,
    handle: async (input, { caller, request, now }) =>
      replyOf(await run({ ...input, ...actorOf(caller, request), now }), request.path),
  });
};

/** Ten routes, two for each verb. */
export const rowRoutes = (parts: RowParts): readonly AnyRoute[] => [
  ...VERBS.map((verb) => routeOf(verb, parts, true)),
  ...VERBS.map((verb) => routeOf(verb, parts, false)),
];
