/** Structured questions: an address or a place by its parts, each in a parameter of its own. */
import type { Query } from '../../http/query.ts';
import { queryValue } from '../../http/names.ts';
import { Problem } from '../../foundation/problem.ts';
import type { TypeName } from './entity.ts';
import { PARAMETERS, readCall, readForward, refuseDuplicates, type GeocodeCall } from './parameters.ts';
import type { ForwardQuery } from './request.ts';

/** From the narrowest to the widest. */
export const STRUCTURED = ['postcode', 'city', 'county', 'state', 'country'] as const;
type Part = (typeof STRUCTURED)[number];
/** All parts that a question may have; a house number only beside a street. */
export const STRUCTURED_NAMES: readonly string[] = ['street', 'housenumber', ...STRUCTURED];

/** Characters of one part that are read. */
export const LONGEST_PART = 200;
const CONTROL = /\p{Cc}/u;

const KINDS: Readonly<Record<Part, readonly TypeName[]>> = {
  postcode: ['postcode'],
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
 * The search that some parts ask for: the narrowest is what is looked for, the others are where; of a city and its
 * postcode it is the city. With a street it is an address. A county that does not hold is let go, since people know them
 * least, and then a postcode, which may be of a country whose codes are not known; a state or country is not.
 */
export const structuredQuery = (query: Query): ForwardQuery => {
  const given = STRUCTURED.map((name) => ({ name, value: readPart(query, name) })).filter(
    (part): part is { name: Part; value: string } => part.value !== undefined,
  );
  const street = readPart(query, 'street');
  const number = readPart(query, 'housenumber');
  const postcode = given.find(({ name }) => name === 'postcode');
  const city = given.find(({ name }) => name === 'city');
  const narrowest = given.find((part) => part !== postcode || city === undefined);
  if (narrowest === undefined && street === undefined)
    throw badPart('city', `At least one of street, ${STRUCTURED.join(', ')} is needed.`);
  /** `62701 Springfield, Illinois`, without the parts that are named. */
  const textOf = (...except: readonly Part[]): string =>
    given
      .filter(({ name }) => !except.includes(name))
      .map(({ name, value }) => (name === 'postcode' && city !== undefined ? `${value} ` : `${value}, `))
      .join('')
      .slice(0, -2);
  if (street !== undefined) {
    const line = number === undefined ? street : `${street} ${number}`;
    const where = textOf();
    return { ...readForward(query, where === '' ? line : `${line}, ${where}`), street: true };
  }
  const whole = textOf();
  const others = [
    textOf('county'),
    ...(city === undefined ? [] : [textOf('postcode'), textOf('postcode', 'county')]),
  ];
  const otherwise = [...new Set(others)].filter((text) => text !== whole && text !== '');
  return {
    ...readForward(query, whole),
    types: KINDS[narrowest?.name ?? 'city'],
    isNameFirst: true,
    otherwise: otherwise.length > 0 && narrowest?.name !== 'county' ? otherwise : undefined,
  };
};

/** @throws {Problem} invalid_request where no part is given or one is no text; duplicate_parameter. */
export const readStructuredCall = (query: Query, acceptLanguage: string | undefined): GeocodeCall => {
  refuseDuplicates(query, PARAMETERS);
  const asked = structuredQuery(query);
  return readCall(query, acceptLanguage, 'json', asked, asked.text);
};
