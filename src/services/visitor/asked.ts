/** The request of a visitor, read for what is told back to it and for nothing else. */
import type { Request } from '../../http/route.ts';
import { parseAddress, type Address } from './addresses/address.ts';
import { withClientHints, type ClientHints } from './user-agent/client-hints.ts';
import type { UserAgentFacts, UserAgentReader } from './user-agent/reader.ts';

/** Fields that a page's browser sends where the page delegates them (WICG, User-Agent Client Hints). */
export const ACCEPT_CH =
  'Sec-CH-UA-Full-Version-List, Sec-CH-UA-Platform-Version, Sec-CH-UA-Model, Sec-CH-UA-Form-Factors';

const NOTHING = /^$/;

/** The low-entropy fields say nothing that the user agent does not: without one of the others nothing is read of them. */
const hintsOf = (request: Request): ClientHints | undefined => {
  const versions = request.exposeHeader('sec-ch-ua-full-version-list');
  const platformVersion = request.exposeHeader('sec-ch-ua-platform-version');
  const model = request.exposeHeader('sec-ch-ua-model');
  const formFactors = request.exposeHeader('sec-ch-ua-form-factors');
  if (
    versions === undefined &&
    platformVersion === undefined &&
    model === undefined &&
    formFactors === undefined
  )
    return undefined;
  return {
    versions,
    platformVersion,
    model,
    formFactors,
    platform: request.exposeHeader('sec-ch-ua-platform'),
  };
};

/** The peer's address, or the one that a trusted proxy names; undefined where it is none (a socket in a file). */
export const addressOf = (request: Request): Address | undefined => parseAddress(request.address.expose());

/** What the user agent and its hints tell; undefined where there is none. */
export const deviceOf = (request: Request, reader: UserAgentReader): UserAgentFacts | undefined => {
  const text = request.exposeHeader('user-agent');
  if (text === undefined || text === '') return undefined;
  const facts = reader.read(text);
  const hints = hintsOf(request);
  if (hints === undefined) return facts;
  const told = withClientHints(facts, hints, reader.read);
  // The engine remembers the last text that an expression matched (`RegExp.input`): let that be an empty one.
  NOTHING.test('');
  return told;
};
