/** What is asked in the playground, and how it stands in an address. */

export const FORMATS = ['json', 'geojson', 'xml', 'google-v3-json'] as const;
export type Format = (typeof FORMATS)[number];

/** The form. */
export interface Question {
  readonly q: string;
  readonly format: Format;
  /** An IETF tag, or `native`; empty for English. */
  readonly language: string;
  /** Codes with commas between them; empty for all countries. */
  readonly countrycode: string;
  readonly limit: string;
  readonly fuzzy: boolean;
  readonly annotations: boolean;
}

export const NO_QUESTION: Question = {
  q: '',
  format: 'json',
  language: '',
  countrycode: '',
  limit: '5',
  fuzzy: false,
  annotations: true,
};

/** Characters that the contract reads of `q`. */
export const LONGEST_QUERY = 1024;

/** Names and values of the address, in order; what is as it would be anyway is left out. */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** `q` without what no request can carry: spaces at its ends, halves of surrogate pairs. */
const trimmed = (q: string): string => q.toWellFormed().trim();

/** The parameters of a question. */
export const parametersOf = (question: Question): Parameters => [
  ['q', trimmed(question.q)],
  ...(question.limit === '' ? [] : [['limit', question.limit] as const]),
  ...(question.language === '' ? [] : [['language', question.language] as const]),
  ...(question.countrycode.trim() === '' ? [] : [['countrycode', question.countrycode.trim()] as const]),
  ...(question.fuzzy ? [['fuzzy', '1'] as const] : []),
  ...(question.annotations ? [] : [['no_annotations', '1'] as const]),
];

/** Those of a suggestion for what is typed so far. */
export const suggestionParameters = ({ q, language, countrycode }: Question): Parameters => [
  ['q', trimmed(q)],
  ...(language === '' ? [] : [['language', language] as const]),
  ...(countrycode.trim() === '' ? [] : [['countrycode', countrycode.trim()] as const]),
];

/** The route of a format. */
export const pathOf = (format: Format): `/geocode/v1/${Format}` => `/geocode/v1/${format}`;

/** Whether a text is a coordinate, for which nothing can be suggested, or too short for it. */
export const hasSuggestions = (q: string): boolean => {
  const text = q.trim();
  return text.length >= 2 && text.length <= 200 && !/^[\d\s.,+-]+$/.test(text);
};

/** A coordinate as a query, to about a metre. */
export const asQuery = ({ lat, lng }: { readonly lat: number; readonly lng: number }): string =>
  `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
