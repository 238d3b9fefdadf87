/** Routes in pairs with the same answer, of which one has the whole gate before it: what differs is the gate. */
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

/** The service that the gate stands before in the product, with its usual question: where a coordinate is. */
export const SERVICE_PATH = '/geocode/v1/json?q=48.85,2.35&no_annotations=1';
export const OPEN_SERVICE_PATH = '/bench/geocode?q=48.85,2.35&no_annotations=1';

/** A route's twin that lets everybody in. */
export const openTwin = ({ countAs: _counted, countedAs: _others, ...route }: AnyRoute): AnyRoute => ({
  ...route,
  operation: 'bench.geocode',
  path: '/bench/geocode',
  access: { public: 'it is the other side of a comparison' },
});
