/** What a request prefers (RFC 7240), as PostgREST reads it: of each preference the first counts. */
import { checkBound } from './bounds.ts';
import { refusePreferences } from './problems.ts';

const KNOWN = {
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  missing: ['default', 'null'],
  return: ['representation', 'minimal', 'headers-only'],
  count: ['exact', 'planned', 'estimated'],
  tx: ['commit', 'rollback'],
  handling: ['strict', 'lenient'],
} as const;

type Known = typeof KNOWN;

/** Every member is left out where the request says nothing of it. */
export type Preferences = { readonly [Name in keyof Known]?: Known[Name][number] } & {
  /** Rows that a change may touch; counts with `handling=strict` only. */
  readonly maxAffected?: number;
};

const MAX_AFFECTED = /^max-affected=([0-9]{1,15})$/;

const readKnown = (name: string, value: string): string | undefined =>
  Object.hasOwn(KNOWN, name)
    ? (KNOWN[name as keyof Known] as readonly string[]).find((one) => one === value)
    : undefined;

/**
 * Reads all lines of `Prefer` joined by commas; unknown preferences are ignored, or refused with PGRST122 where the
 * request asks for strict handling.
 */
export const parsePreferences = (header: string): Preferences => {
  checkBound('headerLength', header.length);
  const found: Record<string, string | number> = {};
  let unknown = 0;
  for (const preference of header.split(',').map((part) => part.trim())) {
    if (preference === '') continue;
    const most = MAX_AFFECTED.exec(preference)?.[1];
    const [name = '', value = ''] = preference.split('=', 2);
    const known = readKnown(name, value);
    if (most !== undefined) found['maxAffected'] ??= Number(most);
    else if (known !== undefined) found[name] ??= known;
    else unknown += 1;
  }
  if (unknown > 0 && found['handling'] === 'strict') throw refusePreferences(unknown);
  return found;
};

/** The value of `Preference-Applied`, in PostgREST's order; undefined where nothing was asked for. */
export const appliedPreferences = (preferences: Preferences): string | undefined => {
  const applied: string[] = [];
  for (const name of Object.keys(KNOWN) as (keyof Known)[]) {
    const value = preferences[name];
    if (value !== undefined) applied.push(`${name}=${value}`);
  }
  if (preferences.handling === 'strict' && preferences.maxAffected !== undefined)
    applied.push(`max-affected=${preferences.maxAffected}`);
  return applied.length === 0 ? undefined : applied.join(', ');
};
