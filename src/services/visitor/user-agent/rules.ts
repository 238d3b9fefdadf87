/** The form of `rules.json`, which `gazetteer/visitor/user-agent-rules.ts` writes. */
import { readFileSync } from 'node:fs';

/**
 * A regular expression, its flags, and the facts that it tells: texts with `$1` to `$9` for what its groups took, and
 * '' where it tells none. A string that matches holds at least one literal of each of the clauses, in whatever case;
 * no clause means that nothing is known beforehand.
 */
export type PackedRule = readonly [
  pattern: string,
  flags: string,
  templates: readonly string[],
  clauses: readonly (readonly number[])[],
];

export interface UserAgentRules {
  /** In lower case; clauses name them by their place in this list. */
  readonly literals: readonly string[];
  /** Family, then up to three parts of the version. */
  readonly browsers: readonly PackedRule[];
  /** Family, then up to four parts of the version. */
  readonly systems: readonly PackedRule[];
  /** Family, brand, model. */
  readonly devices: readonly PackedRule[];
  /** Name, category. */
  readonly robots: readonly PackedRule[];
}

/** The committed rules: about a megabyte of JSON, read once a thread. */
export const loadUserAgentRules = (): UserAgentRules =>
  JSON.parse(readFileSync(new URL('rules.json', import.meta.url), 'utf8')) as UserAgentRules;
