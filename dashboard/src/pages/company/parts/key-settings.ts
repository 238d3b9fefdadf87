/** What people fill in about a key, and what the API takes. */

/** Scopes that a key can have. */
export const ALL_SCOPES = ['geocoding:read', 'visitor:read', 'datasets:read', 'datasets:write'] as const;
export type Scope = (typeof ALL_SCOPES)[number];

/** What the form of a new key offers as chosen: to read. */
export const FIRST_SCOPES: readonly Scope[] = ['geocoding:read', 'visitor:read', 'datasets:read'];

/** A key's settings as a form holds them. */
export interface KeySettings {
  /** One network a line. */
  readonly networks: string;
  /** `YYYY-MM-DD`, or empty for none. */
  readonly ends: string;
  readonly scopes: readonly Scope[];
  /** Whole numbers, or empty for none. */
  readonly perSecond: string;
  readonly perDay: string;
}

/** Networks that a key may have. */
export const MOST_NETWORKS = 20;

/** Names under which the API complains about networks: all of them, or one by its place. */
export const NETWORK_FIELDS: readonly string[] = [
  'networks',
  ...Array.from({ length: MOST_NETWORKS + 1 }, (_, index) => `networks.${index}`),
];

/** Lines, commas and spaces part networks. */
export const networksFrom = (text: string): string[] =>
  text.split(/[\s,]+/).filter((network) => network !== '');

/** A key works through the whole of its last day, UTC. */
export const endFrom = (day: string): string | null => {
  if (day === '') return null;
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return Number.isNaN(next.getTime()) ? day : next.toISOString();
};

/** A limit as a field holds it, and as the API takes it. */
export const limitFrom = (text: string): number | null => (text.trim() === '' ? null : Number(text));
export const sayLimit = (limit: number | null): string => (limit === null ? '' : String(limit));

/** The last day on which a key works. */
export const lastDay = (end: string | null): string =>
  end === null ? '' : new Date(Date.parse(end) - 1).toISOString().slice(0, 10);

/** What each scope allows, in words. */
export const SCOPE_NAMES: Readonly<Record<Scope, string>> = {
  'geocoding:read': 'Geocoding: look places up',
  'visitor:read': 'Visitor: look visitors and addresses up',
  'datasets:read': 'Datasets: read what the company shares',
  'datasets:write': 'Datasets: change what the company shares',
};
