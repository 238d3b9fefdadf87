/** A member's question as a request of the project. */
import { SCOPES, type BrowserCaller } from '../foundation/caller.ts';
import type { CompanyId, ProjectId } from '../foundation/ids.ts';
import { Opaque } from '../foundation/opaque.ts';
import { usageRules, type UsageRulesRow } from '../gate/usage-rules.ts';
import { parseQuery } from '../http/query.ts';
import type { Reply, Request } from '../http/route.ts';

/**
 * The project as who calls: by its id, as a page of the developer's own machine would. Its rate and quotas hold. Nothing
 * is logged even where its request log is on: that is for what programs send.
 */
export const projectCaller = (company: CompanyId, project: ProjectId, row: UsageRulesRow): BrowserCaller => ({
  credential: 'browser',
  company,
  project,
  key: undefined,
  domain: undefined,
  scopes: SCOPES,
  ...usageRules(row),
  logging: undefined,
});

/** What a page's browser says of itself and the visitor service reads; nothing of it is a credential. */
const TRAITS = [
  'user-agent',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-ch-ua-platform-version',
  'sec-ch-ua-full-version-list',
  'sec-ch-ua-model',
  'sec-ch-ua-form-factors',
] as const;

/** The member's own browser, where the question is what the service says of whoever looks. */
const traitsOf = (from: Request, path: string): Readonly<Record<string, string>> => {
  if (path !== '/v1/visitor') return {};
  const traits: Record<string, string> = {};
  for (const name of TRAITS) {
    const value = from.exposeHeader(name);
    if (value !== undefined) traits[name] = value;
  }
  return traits;
};

/**
 * The request that a program would have sent. Nothing of the member's own goes along but the address, which lives in
 * memory only, and whether somebody still waits: neither cookies nor languages of the browser. The visitor's own route is
 * told of the browser as well, as it would be by a page.
 */
export const requestFor = (
  from: Request,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Request => {
  const traits = traitsOf(from, path);
  return {
    method: 'GET',
    path,
    params: {},
    query: new Opaque(parseQuery(new URLSearchParams(parameters).toString())),
    headers: new Opaque(traits),
    exposeHeader: (name) => traits[name],
    body: new Opaque(new Uint8Array()),
    address: from.address,
    secure: true,
    isGone: () => from.isGone?.() === true,
  };
};

/** The body of a reply as text; services write bytes, one a character, where that is faster. */
export const textOf = ({ body, isBytes = false }: Reply): string => {
  if (typeof body !== 'string') return Buffer.from(body).toString();
  return isBytes ? Buffer.from(body, 'latin1').toString() : body;
};
