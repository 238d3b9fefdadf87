/** Two routes with the same constant answer, of which one has the whole gate before it: what differs is the gate. */
import { problemJson } from '../src/http/problem-json.ts';
import { defineRoute, type Access, type AnyRoute, type ErrorForm, type Reply } from '../src/http/route.ts';

/** What every contender answers whom it lets in. */
export const CONSTANT = '{"status":"ok"}';

export const OPEN_PATH = '/bench/open';
export const KEYED_PATH = '/bench/keyed';

const reply: Reply = {
  status: 200,
  headers: Object.freeze({ 'content-type': 'application/json', 'cache-control': 'no-store' }),
  body: CONSTANT,
  isBytes: true,
};

/** A contract of its own, as each service has one: our own API adds fields on limits to its answers, and this would differ. */
const errors: ErrorForm = (problem, context) => problemJson(problem, context);

const constant = (operation: string, path: string, access: Access): AnyRoute =>
  defineRoute({
    operation,
    method: 'GET',
    path,
    access,
    cost: 1,
    errors,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'A constant',
      description: 'Of the bench alone.',
      tag: 'Bench',
      query: {},
      replies: { 200: { description: 'The constant.', type: 'application/json' } },
    },
    parse: () => undefined,
    handle: () => reply,
  });

/** The open one, and the one that asks for a key just as the services do. */
export const constantRoutes = (): readonly AnyRoute[] => [
  constant('bench.open', OPEN_PATH, { public: 'it is the other side of a comparison' }),
  constant('bench.keyed', KEYED_PATH, { secretKey: 'geocoding:read', browser: true }),
];
