import { Problem } from '../foundation/problem.ts';
import { notFoundProblem } from '../http/endpoint.ts';
import { MOST_DOMAINS } from './limits.ts';

const FIELD = '/domain';

export const domainNotFound = (): Problem => notFoundProblem('domain_not_found', 'No such domain', 'domain');

/** 400: not a name or an address. */
export const domainInvalid = (): Problem =>
  new Problem(400, 'domain_invalid', 'This is not a domain', {
    detail:
      'Give the host alone, as in shop.example.com, or the whole origin, as in https://shop.example.com:8443.',
    field: FIELD,
  });

/** 400: a path, a query, a user: an origin has none. */
export const domainHasMore = (): Problem =>
  new Problem(400, 'domain_has_more', 'A domain has no path, query or user name', {
    detail: 'All pages of a host are one origin. Leave out what comes after the host.',
    field: FIELD,
  });

/** 400: pages that came in plain text may be anybody's. */
export const httpNotAllowed = (): Problem =>
  new Problem(400, 'http_not_allowed', 'Only pages over https can be authorised', {
    detail: 'Whoever sits on the way can write into a page that comes over http.',
    field: FIELD,
  });

/** 400: a star in any other place would be a pattern. */
export const wildcardInvalid = (): Problem =>
  new Problem(400, 'wildcard_invalid', 'A wildcard stands before a whole domain', {
    detail:
      'Write *.example.com for every host below example.com. The star stands once, at the beginning, before a name.',
    field: FIELD,
  });

/** 400: anybody can have a name below it. */
export const publicSuffix = (): Problem =>
  new Problem(400, 'public_suffix', 'Anybody can have a page below this domain', {
    detail:
      'It is in the public suffix list, as com, co.uk and github.io are. Put the wildcard before a domain of your own.',
    field: FIELD,
  });

/** 400: another origin than the same name without it. */
export const trailingDot = (): Problem =>
  new Problem(400, 'trailing_dot', 'The name ends with a dot', {
    detail: 'To browsers that is another origin. Leave the dot out.',
    field: FIELD,
  });

/** 400: anybody can make such a page. */
export const nullOrigin = (): Problem =>
  new Problem(400, 'null_origin', 'Pages of the origin null cannot be authorised', {
    detail:
      'Sandboxed frames, local files and data addresses send it, from whoever made them. Serve the page from a host of your own.',
    field: FIELD,
  });

/** 400: everybody has one. */
export const localhostBySwitch = (): Problem =>
  new Problem(400, 'localhost_by_switch', 'Your own machine is no domain', {
    detail: 'Switch pages of localhost on for the project instead.',
    field: FIELD,
  });

/** 409: it is in the list. */
export const domainExists = (): Problem =>
  new Problem(409, 'domain_exists', 'This domain is authorised already', { field: FIELD });

export const tooManyDomains = (): Problem =>
  new Problem(409, 'too_many_domains', 'No more domains', {
    detail: `One project can have ${MOST_DOMAINS} domains. Remove one first.`,
  });
