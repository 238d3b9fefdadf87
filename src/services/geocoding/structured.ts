/** Structured questions: a place by its city, county, state and country, each in a parameter of its own. */
import type { Query } from '../../http/query.ts';
import { queryValue } from '../../http/names.ts';
import { Problem } from '../../foundation/problem.ts';
import type { TypeName } from './entity.ts';
import { PARAMETERS, readCall, readForward, refuseDuplicates, type GeocodeCall } from './parameters.ts';
import type { ForwardQuery } from './request.ts';

/** From the narrowest to the widest. */
export const STRUCTURED = ['city', 'county', 'state', 'country'] as const;
type Part = (typeof STRUCTURED)[number];

/** Characters of one part that are read. */
export const LONGEST_PART = 200;
const CONTROL = /\p{Cc}/u;

const KINDS: Readonly<Record<Part, readonly TypeName[]>> = {
  city: ['city', 'town', 'village', 'suburb'],
  county: ['county'],
  state: ['state'],
  country: ['country'],
};

const badPart = (field: string, detail: string): Problem =>
  new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', { detail, field });

const readPart = (query: Query, name: string): string | undefined => {
  const value = queryValue(query, name)?.trim();
  if (value === undefined || value === '') return undefined;
  if (value.length > LONGEST_PART) throw badPart(name, `At most ${LONGEST_PART} characters.`);
  if (CONTROL.test(value)) throw badPart(name, 'This holds a control character.');
  // A comma would begin another part.
  return value.replaceAll(/[,;\u3001\u060c]/gu, ' ');
};

/**
 * The search that some parts ask for: the narrowest is what is looked for, the others are where. A county that does not
 * hold is let go, since people know them least; a state or country is not.
 */
export const structuredQuery = (query: Query): ForwardQuery => {
  const parts = STRUCTURED.map((name) => ({ name, value: readPart(query, name) })).filter(
    ({ value }) => value !== undefined,
  );
  const [narrowest] = parts;
  if (narrowest === undefined) throw badPart('city', `At least one of ${STRUCTURED.join(', ')} is needed.`);
  const textOf = (some: typeof parts): string => some.map(({ value }) => value).join(', ');
  const withoutCounty = parts.filter((part) => part === narrowest || part.name !== 'county');
  return {
    ...readForward(query, textOf(parts)),
    types: KINDS[narrowest.name],
    isNameFirst: true,
    otherwise: withoutCounty.length < parts.length ? [textOf(withoutCounty)] : undefined,
  };
};

/** @throws {Problem} invalid_request where no part is given or one is no text; duplicate_parameter. */
export const readStructuredCall = (query: Query, acceptLanguage: string | undefined): GeocodeCall => {
  refuseDuplicates(query, PARAMETERS);
  const asked = structuredQuery(query);
  return readCall(query, acceptLanguage, 'json', asked, asked.text);
};
