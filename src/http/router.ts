/** Finds the route of a request, and the form in which an unknown path is answered. */
import createFindMyWay, { type HTTPMethod } from 'find-my-way';
import { isForBrowsers } from './cors.ts';
import { problemJson } from './problem-json.ts';
import type { AnyRoute, ErrorForm, Method } from './route.ts';

/** Paths below `prefix` that no route matches are answered in this contract's form. */
export interface PrefixForm {
  /** Starts and ends with `/`. */
  readonly prefix: string;
  readonly errors: ErrorForm;
}

/** What stands at a method and a path. */
export type RouteMatch =
  | {
      readonly kind: 'match';
      readonly route: AnyRoute;
      readonly params: Readonly<Record<string, string | undefined>>;
      readonly errors: ErrorForm;
    }
  | {
      readonly kind: 'method';
      readonly allow: readonly string[];
      readonly errors: ErrorForm;
      /** Whether pages of other origins may call one of the methods that there are. */
      readonly isForBrowsers: boolean;
    }
  | { readonly kind: 'none'; readonly errors: ErrorForm };

export interface Router {
  readonly routes: readonly AnyRoute[];
  /** `path` is still percent-encoded and has no query. Never throws. */
  readonly match: (method: string, path: string) => RouteMatch;
  /** How many bytes of body a place takes where it may be more than the edge's own limit; undefined everywhere else. */
  readonly bodyOf: (method: string, path: string) => number | undefined;
  /** The error form of a path that may or may not exist. */
  readonly errorsFor: (path: string) => ErrorForm;
}

type Found = Extract<RouteMatch, { kind: 'match' }>;

/** Longer than the longest path we have by far; longer ones are not decoded. */
const MAX_PATH_LENGTH = 2_048;
const MAX_PARAM_LENGTH = 256;
const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const OPERATION = /^[a-z][a-zA-Z]*(?:-[a-z]+)*\.[a-z][a-zA-Z]*(?:-[a-z]+)*$/;

/** Whole segments only: fixed text, `:name`, or a last `*`. No pattern can hold a regular expression. */
const PATTERN = /^\/$|^(?:\/(?:[A-Za-z0-9._~-]+|:[a-z][A-Za-z0-9]*))+$|^(?:\/[A-Za-z0-9._~-]+)+\/\*$/;

const refuseMistakes = (routes: readonly AnyRoute[]): void => {
  const operations = new Set<string>();
  const places = new Set<string>();
  for (const { operation, method, path, access, fresh, body, streamsBody, countedAs = [] } of routes) {
    if ('public' in access && (body !== undefined || streamsBody === true)) {
      throw new Error(`route ${operation}: a longer body is read only of callers who are known`);
    }
    if ('member' in access && !path.split('/').includes(':company')) {
      throw new Error(`route ${operation}: a member route needs :company in its path`);
    }
    if (fresh === true && !('member' in access || 'session' in access)) {
      throw new Error(`route ${operation}: only a session can be asked for a fresh proof`);
    }
    if (!PATTERN.test(path)) throw new Error(`route ${operation}: ${path} is not a path of plain segments`);
    for (const name of new Set([operation, ...countedAs])) {
      if (!OPERATION.test(name)) throw new Error(`route ${method} ${path}: ${name} is not a noun.verb`);
    }
    if (operations.has(operation)) throw new Error(`two routes are called ${operation}`);
    operations.add(operation);
    // Parameter names make no difference to what a path matches.
    const place = `${method} ${path.replaceAll(/:[^/]+/g, ':')}`;
    if (places.has(place)) throw new Error(`two routes answer ${method} ${path}`);
    places.add(place);
  }
};

const hasParameters = ({ path }: AnyRoute): boolean => path.includes(':') || path.endsWith('*');

const isKnownMethod = (method: string): method is Method => (METHODS as readonly string[]).includes(method);

/**
 * Builds the router of a route table.
 * Throws an Error where two routes share an operation or a place, or where a name or pattern is not well-formed.
 * @param forms error forms of path prefixes; the longest matching prefix wins, problem+json is the default.
 */
export const createRouter = (routes: readonly AnyRoute[], forms: readonly PrefixForm[] = []): Router => {
  refuseMistakes(routes);
  const byLength = [...forms].sort((a, b) => b.prefix.length - a.prefix.length);
  const tree = createFindMyWay({
    ignoreTrailingSlash: true,
    maxParamLength: MAX_PARAM_LENGTH,
    querystringParser: () => undefined,
  });
  /** Routes without parameters, by method and path: most requests name one letter by letter. */
  const fixed = new Map<Method, Map<string, Found>>(METHODS.map((method) => [method, new Map()]));
  for (const route of routes) {
    const found: Found = { kind: 'match', route, params: {}, errors: route.errors ?? problemJson };
    tree.on(route.method, route.path, () => undefined, found);
    if (!hasParameters(route)) fixed.get(route.method)?.set(route.path, found);
  }

  const errorsFor = (path: string): ErrorForm =>
    byLength.find((form) => path.startsWith(form.prefix))?.errors ?? problemJson;

  const find = (method: HTTPMethod, path: string): Found | undefined => {
    const known = fixed.get(method as Method)?.get(path);
    if (known !== undefined) return known;
    // Also null where the path cannot be decoded.
    const result = tree.find(method, path);
    if (result === null) return undefined;
    const found = result.store as Found;
    // Most paths have no parameters, and share one object.
    return hasParameters(found.route) ? { ...found, params: result.params } : found;
  };

  const match = (method: string, path: string): RouteMatch => {
    // No name or id of ours has a zero byte in it, and no text of PostgreSQL can.
    if (path.length > MAX_PATH_LENGTH || path.includes('%00'))
      return { kind: 'none', errors: errorsFor(path) };
    if (isKnownMethod(method)) {
      const found = find(method, path);
      if (found !== undefined) return found;
    }
    const allow: string[] = [];
    let errors: ErrorForm | undefined;
    let isReadable = false;
    for (const other of METHODS) {
      const found = find(other, path);
      if (found === undefined) continue;
      allow.push(other);
      errors ??= found.errors;
      isReadable ||= isForBrowsers(found.route.access);
      if (other !== 'GET' || !('public' in found.route.access || found.route.answersHead === true)) continue;
      // Pages answer HEAD, and what says so; the contracts of keyed routes say that everything but their method is a 405.
      if (method === 'HEAD') return found;
      allow.push('HEAD');
    }
    if (allow.length === 0) return { kind: 'none', errors: errorsFor(path) };
    return { kind: 'method', allow, errors: errors ?? errorsFor(path), isForBrowsers: isReadable };
  };

  const bodyOf = (method: string, path: string): number | undefined => {
    const found = match(method, path);
    if (found.kind !== 'match') return undefined;
    const { body, streamsBody } = found.route;
    return body?.maxBytes ?? (streamsBody === true ? Number.MAX_SAFE_INTEGER : undefined);
  };

  return { routes, match, bodyOf, errorsFor };
};
