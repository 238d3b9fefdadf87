/** What an answer of `/v1/visitor` says, in words for people. Every part of it may be missing. */

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null;
const member = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);
const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = member(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
};
const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = member(value, ...path);
  return typeof found === 'number' ? found : undefined;
};
const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = member(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** One line of the card; undefined where the server does not know. */
export interface Fact {
  readonly name: string;
  readonly value: string | undefined;
}

export interface Card {
  readonly address: string;
  /** An emoji; undefined where there is no country. */
  readonly flag: string | undefined;
  /** The most exact place there is. */
  readonly place: string | undefined;
  /** Why there is none: the address is of a range that nobody can locate. */
  readonly specialUse: string | undefined;
  readonly facts: readonly Fact[];
}

const joined = (separator: string, ...parts: readonly (string | undefined)[]): string | undefined => {
  const there = parts.filter((part) => part !== undefined);
  return there.length === 0 ? undefined : there.join(separator);
};

const placeOf = (answer: unknown): string | undefined => {
  const [city, region, country] = [
    textAt(answer, 'city'),
    textAt(answer, 'region', 'name') ?? textAt(answer, 'region', 'code'),
    textAt(answer, 'country', 'name'),
  ];
  return joined(', ', city, region === city ? undefined : region, country);
};

const exactness = (answer: unknown): string | undefined => {
  const [latitude, longitude] = [
    numberAt(answer, 'location', 'latitude'),
    numberAt(answer, 'location', 'longitude'),
  ];
  if (latitude === undefined || longitude === undefined) return undefined;
  const accuracy = numberAt(answer, 'location', 'accuracy_km');
  const at = `${latitude.toFixed(2)}, ${longitude.toFixed(2)}`;
  return accuracy === undefined ? at : `${at}, within ${accuracy} km or so`;
};

const continentOf = (answer: unknown): string | undefined => {
  const name = textAt(answer, 'country', 'continent', 'name');
  if (name === undefined) return undefined;
  return member(answer, 'country', 'is_eu') === true ? `${name}, in the European Union` : name;
};

const currencyOf = (answer: unknown): string | undefined => {
  const [code, name, symbol] = ['code', 'name', 'symbol'].map((part) =>
    textAt(answer, 'country', 'currency', part),
  );
  return joined(' · ', name, code, symbol === code ? undefined : symbol);
};

const languagesOf = (answer: unknown): string | undefined =>
  joined(
    ', ',
    ...listAt(answer, 'country', 'languages').map((language) => {
      const [name, native] = [textAt(language, 'name'), textAt(language, 'native_name')];
      if (name === undefined || native === undefined || name === native) return name ?? native;
      return `${name} (${native})`;
    }),
  );

const offsetOf = (seconds: number): string => {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `UTC${seconds < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
};

const timeOf = (answer: unknown): string | undefined => {
  const offset = numberAt(answer, 'time_zone', 'utc_offset_seconds');
  const clock = /T(\d\d:\d\d)/.exec(textAt(answer, 'time_zone', 'local_time') ?? '')?.[1];
  return joined(
    ' · ',
    clock,
    textAt(answer, 'time_zone', 'id'),
    offset === undefined ? undefined : offsetOf(offset),
  );
};

/** `tor_exit` is "Tor exit". */
const spaced = (word: string): string => word.replaceAll('_', ' ').replace(/^tor /, 'Tor ');

const networkOf = (answer: unknown): string | undefined => {
  const asn = numberAt(answer, 'network', 'asn');
  const kinds = listAt(answer, 'network', 'kinds').filter((kind) => typeof kind === 'string');
  return joined(
    ' · ',
    textAt(answer, 'network', 'organisation'),
    asn === undefined ? undefined : `AS${asn}`,
    ...kinds.map((kind) => (kind === 'vpn' ? 'VPN' : spaced(kind))),
  );
};

const named = (answer: unknown, part: string): string | undefined =>
  joined(' ', textAt(answer, 'user_agent', part, 'name'), textAt(answer, 'user_agent', part, 'version'));

const deviceOf = (answer: unknown): string | undefined =>
  joined(
    ' · ',
    textAt(answer, 'user_agent', 'device', 'type'),
    joined(
      ' ',
      textAt(answer, 'user_agent', 'device', 'brand'),
      textAt(answer, 'user_agent', 'device', 'model'),
    ),
  );

const botOf = (answer: unknown): string | undefined =>
  member(answer, 'user_agent', 'bot', 'is_bot') === true
    ? joined(
        ', ',
        textAt(answer, 'user_agent', 'bot', 'name') ?? 'a bot',
        textAt(answer, 'user_agent', 'bot', 'category'),
      )
    : undefined;

const factsOfPlace = (answer: unknown): readonly Fact[] => [
  { name: 'Currency', value: currencyOf(answer) },
  { name: 'Languages', value: languagesOf(answer) },
  { name: 'Local time', value: timeOf(answer) },
  { name: 'Continent', value: continentOf(answer) },
  { name: 'Calling code', value: textAt(answer, 'country', 'calling_code') },
  { name: 'Coordinate', value: exactness(answer) },
  { name: 'Network', value: networkOf(answer) },
];

/** Lines of the browser are there only where the answer is of whoever looked. */
const factsOfBrowser = (answer: unknown): readonly Fact[] =>
  isObject(member(answer, 'user_agent'))
    ? [
        { name: 'Browser', value: named(answer, 'browser') },
        { name: 'System', value: named(answer, 'os') },
        { name: 'Device', value: deviceOf(answer) },
      ]
    : [];

const known = (...facts: readonly Fact[]): readonly Fact[] =>
  facts.filter(({ value }) => value !== undefined);

/** The card of an answer. */
export const cardOf = (answer: unknown): Card => {
  const specialUse = textAt(answer, 'special_use');
  const place = factsOfPlace(answer);
  return {
    address: textAt(answer, 'address') ?? '',
    flag: textAt(answer, 'country', 'flag'),
    place: placeOf(answer),
    specialUse,
    facts: [
      ...(specialUse === undefined ? place : known(...place)),
      ...known({ name: 'Postcode', value: textAt(answer, 'postcode') }),
      ...factsOfBrowser(answer),
      ...known({ name: 'Bot', value: botOf(answer) }),
    ],
  };
};

/** Ranges of IANA's special-purpose registries in words; others go by their own name. */
const RANGES: Readonly<Record<string, string>> = {
  loopback: 'of this machine itself',
  private: 'of a private network',
  unique_local: 'of a private network',
  shared: 'shared within a provider’s network',
  link_local: 'of one cable or one wireless network',
  documentation: 'kept for documents',
  benchmarking: 'kept for measurements',
  multicast: 'of a group of receivers',
  reserved: 'kept for later',
};

/** "of a private network". */
export const rangeName = (specialUse: string): string =>
  RANGES[specialUse] ?? `of a special range (${spaced(specialUse)})`;

/** What a refusal says, in the form of our own API. */
export const refusalOf = (answer: unknown): string | undefined =>
  textAt(answer, 'detail') ?? textAt(answer, 'title');
