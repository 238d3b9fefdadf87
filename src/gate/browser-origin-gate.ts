/** Identifies the page of an authorised domain by the project's public key, or its id, and its origin. */
import { SCOPES, type BrowserCaller, type KeyCaller, type Scope } from '../foundation/caller.ts';
import { isId, type DomainId } from '../foundation/ids.ts';
import { noteListedOrigin, WILDCARD } from '../foundation/origin.ts';
import { ok, refused, type Result } from '../foundation/result.ts';
import type { Request } from '../http/route.ts';
import type { BrowserOriginCache, KnownProject } from './browser-origin-cache.ts';
import { isFromPage, matchOrigin, originOfPage, type OriginReason } from './browser-origin.ts';
import { usageRules, type UsageRulesRow } from './usage-rules.ts';
import { presentedKey } from './credential.ts';
import { isWellFormedKey } from './key-format.ts';
import { createLookups } from './lookups.ts';
import { readNetworks } from './networks.ts';
import type { SecretKeyGate, SecretKeyReason } from './secret-key.ts';

/** A row of `find_browser_project`. */
export interface BrowserRow extends UsageRulesRow {
  readonly company_id: string;
  readonly project_id: string;
  readonly key_id: string | null;
  readonly scopes: readonly string[] | null;
  readonly networks: readonly string[] | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly allow_localhost: boolean;
  readonly domain_ids: readonly string[];
  readonly origins: readonly string[];
}

export interface BrowserGateOptions {
  readonly secrets: SecretKeyGate;
  readonly cache: BrowserOriginCache;
  /** Looks a public key or the id of a project up in the database. */
  readonly find: (name: string) => Promise<BrowserRow | undefined>;
  /** Whether changes are known to have reached this worker within the last second. */
  readonly isCurrent: () => boolean;
  readonly now: () => number;
  /** What counts as one source; each address by itself where left out. */
  readonly sourceOf?: (address: string) => string;
}

export type BrowserReason = SecretKeyReason | OriginReason | 'secret-in-browser';

type Verdict = Result<KeyCaller | BrowserCaller, BrowserReason>;

export interface BrowserGate {
  /** For routes that are safe for browsers: takes secret keys of servers as well, and none of a page. */
  identify(request: Request): Verdict | Promise<Verdict>;
}

const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);

const knownFrom = (row: BrowserRow): KnownProject => {
  const { company_id: company, project_id: project, key_id: key } = row;
  if (!isId('com', company) || !isId('prj', project) || (key !== null && !isId('key', key))) {
    throw new Error('find_browser_project returned an id of another form');
  }
  const callerOf = (domain: DomainId | undefined): BrowserCaller => ({
    credential: 'browser',
    company,
    project,
    key: key ?? undefined,
    domain,
    scopes: row.scopes === null ? SCOPES : row.scopes.filter(isScope),
    ...usageRules(row),
  });
  const origins = new Map<string, BrowserCaller>();
  const wildcards = new Map<string, BrowserCaller>();
  for (const [index, origin] of row.origins.entries()) {
    const domain = row.domain_ids[index] ?? '';
    if (!isId('dom', domain)) throw new Error('find_browser_project returned an id of another form');
    if (origin.startsWith(WILDCARD)) wildcards.set(origin.slice(WILDCARD.length), callerOf(domain));
    else {
      noteListedOrigin(origin);
      origins.set(origin, callerOf(domain));
    }
  }
  return {
    project,
    key: key ?? undefined,
    isInNetworks: readNetworks(row.networks ?? []),
    origins,
    wildcards,
    local: row.allow_localhost ? callerOf(undefined) : undefined,
    expiresAt: row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY,
  };
};

/** What a page says of the project that it calls. */
interface PublicName {
  /** Looked up: the key where there is one. */
  readonly name: string;
  /** `pid` where it is an id: it has to be the project of the key where both came. It may be a public key instead. */
  readonly project: string | undefined;
}

/** Undefined where it is for the gate of secret keys to say what came. */
const publicName = (request: Request): Result<PublicName, SecretKeyReason> | undefined => {
  const presented = presentedKey(request);
  let key: string | undefined;
  if (presented.ok) {
    key = presented.value.secret.expose();
    if (presented.value.publicKey !== undefined || !isWellFormedKey('pk', key)) return undefined;
  } else if (presented.reason !== 'missing') return undefined;
  const { values, duplicated, malformed } = request.query.expose();
  const pid = values.get('pid');
  if (duplicated.has('pid') || malformed.has('pid')) return refused('unreadable');
  if (pid !== undefined && isWellFormedKey('pk', pid))
    return key === undefined || key === pid
      ? ok({ name: pid, project: undefined })
      : refused('contradictory');
  if (pid !== undefined && !isId('prj', pid)) return refused('malformed');
  const name = key ?? pid;
  return name === undefined ? undefined : ok({ name, project: pid });
};

const admit = (known: KnownProject, { project }: PublicName, request: Request, now: number): Verdict => {
  if (known.expiresAt <= now) return refused('expired');
  if (project !== undefined && project !== known.project) return refused('contradictory');
  // Before anything is said of domains: whoever is elsewhere is told as little as with any wrong key.
  if (known.isInNetworks !== undefined && !known.isInNetworks(request.address.expose()))
    return refused('other-network');
  if (known.origins.size === 0 && known.wildcards.size === 0 && known.local === undefined)
    return refused('no-domain');
  const page = originOfPage(request);
  if (!page.ok) return page;
  const caller = matchOrigin(known, page.value);
  return caller === undefined ? refused('origin-not-allowed') : ok(caller);
};

/** A browser says how a request came about; servers do not, and some pass an `Origin` on. */
const isByBrowser = (request: Request): boolean =>
  request.exposeHeader('origin') !== undefined && request.exposeHeader('sec-fetch-mode') !== undefined;

const withoutPages = (verdict: Verdict, request: Request): Verdict =>
  verdict.ok && isByBrowser(request) ? refused('secret-in-browser') : verdict;

/** The gate of routes that are safe for browsers. A secret key that no page sent costs two looks for a header field more. */
export const createBrowserGate = (options: BrowserGateOptions): BrowserGate => {
  const { secrets, cache, find, isCurrent, now, sourceOf } = options;
  const lookups = createLookups<Result<KnownProject, SecretKeyReason>>(sourceOf);

  const lookUp = async (name: string): Promise<Result<KnownProject, SecretKeyReason>> => {
    const askedAt = cache.generation;
    const row = await find(name);
    if (row === undefined) return refused('unknown');
    if (row.revoked_at !== null) return refused('revoked');
    const known = knownFrom(row);
    // A change heard while the answer was on its way must not be undone by it.
    if (cache.generation === askedAt) cache.put(name, known);
    return ok(known);
  };

  const identifyPage = (
    named: Result<PublicName, SecretKeyReason>,
    request: Request,
  ): Verdict | Promise<Verdict> => {
    if (!named.ok) return named;
    const known = isCurrent() ? cache.get(named.value.name) : undefined;
    if (known !== undefined) return admit(known, named.value, request, now());
    const { name } = named.value;
    const asker = { name, address: request.address, isFamiliar: false };
    return lookups
      .run(asker, () => lookUp(name))
      .then((found) => (found.ok ? admit(found.value, named.value, request, now()) : found));
  };

  return {
    identify: (request) => {
      if (isFromPage(request)) {
        const named = publicName(request);
        if (named !== undefined) return identifyPage(named, request);
      }
      // Where no page sent it, a public key stands where a secret belongs, and is as wrong as any other.
      const verdict = secrets.identify(request);
      if (verdict instanceof Promise) return verdict.then((settled) => withoutPages(settled, request));
      if (verdict.ok) return withoutPages(verdict, request);
      const named = verdict.reason === 'missing' ? publicName(request) : undefined;
      return named === undefined ? verdict : identifyPage(named, request);
    },
  };
};
