/** Writes `src/services/visitor/user-agent/rules.json` from the npm packages `uap-core` and `crawler-user-agents`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'yaml';
import type { PackedRule, UserAgentRules } from '../../src/services/visitor/user-agent/rules.ts';
import { requiredLiterals } from './required-literals.ts';
import {
  BROWSERS_FIRST,
  DARWINS,
  DEVICES_FIRST,
  DEVICES_LAST,
  LAST_DARWIN,
  REPLACED,
  SYSTEMS_FIRST,
} from './user-agent-amendments.ts';
import { COMMON_USER_AGENTS } from './user-agent-samples.ts';

/** A rule before it is packed: what matches, and a text with `$1`…`$9` for each of its facts. */
export interface SourceRule {
  readonly pattern: string;
  readonly flags: '' | 'i';
  readonly templates: readonly string[];
}

type Entry = Readonly<Record<string, string | undefined>>;

/** The names of an entry's replacements in `regexes.yaml`, and what stands for one that is not there. */
const FIELDS = {
  user_agent_parsers: [
    ['family_replacement', '$1'],
    ['v1_replacement', '$2'],
    ['v2_replacement', '$3'],
    ['v3_replacement', '$4'],
  ],
  os_parsers: [
    ['os_replacement', '$1'],
    ['os_v1_replacement', '$2'],
    ['os_v2_replacement', '$3'],
    ['os_v3_replacement', '$4'],
    ['os_v4_replacement', '$5'],
  ],
  device_parsers: [
    ['device_replacement', '$1'],
    ['brand_replacement', ''],
    ['model_replacement', '$1'],
  ],
} as const;

type Section = keyof typeof FIELDS;

/** A row of `crawler-user-agents`. */
export interface Crawler {
  readonly pattern: string;
  readonly instances: readonly string[];
  readonly tags?: readonly string[];
}

/** More than this many texts in a clause cost more to look at than the regular expression that they spare. */
const LONGEST_FURTHER_CLAUSE = 6;

const common = COMMON_USER_AGENTS.map((text) => text.toLowerCase());

/** How many of the common user agents a clause lets through, and then how many texts it takes. */
const weightOf = (clause: readonly string[]): number =>
  common.filter((text) => clause.some((literal) => text.includes(literal))).length * 1e4 + clause.length;

const sourceRules = (document: Readonly<Record<Section, readonly Entry[]>>, section: Section): SourceRule[] =>
  document[section].map((entry) => {
    const pattern = entry['regex'] ?? '';
    return {
      pattern: REPLACED.get(pattern) ?? pattern,
      flags: entry['regex_flag'] === 'i' ? 'i' : '',
      templates: FIELDS[section].map(([name, otherwise]) => entry[name] ?? otherwise),
    };
  });

/** @throws Error when no rule has the pattern: the rules have changed, and the amendment with them. */
const before = (
  pattern: string,
  inserted: readonly SourceRule[],
  rules: readonly SourceRule[],
): readonly SourceRule[] => {
  const place = rules.findIndex((rule) => rule.pattern === pattern);
  if (place === -1) throw new Error(`no rule has the pattern ${pattern}`);
  return rules.toSpliced(place, 0, ...inserted);
};

/** What the pattern takes of its first instance, without the punctuation around a name. */
const crawlerName = ({ pattern, instances }: Crawler): string => {
  const matched = instances
    .map((text) => new RegExp(pattern).exec(text)?.[0])
    .find((text) => text !== undefined);
  return (matched ?? pattern).replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}!)]+$/gu, '').trim();
};

const crawlerRules = (crawlers: readonly Crawler[]): SourceRule[] =>
  crawlers.map((crawler) => ({
    pattern: crawler.pattern,
    flags: '',
    templates: [crawlerName(crawler), crawler.tags?.[0] ?? 'other'],
  }));

/** Rules of one kind to one another by the literals that they need, each literal written once. */
const createPacker = (): {
  pack: (rules: readonly SourceRule[]) => readonly PackedRule[];
  literals: readonly string[];
} => {
  const literals: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (literal: string): number => {
    const known = numbers.get(literal);
    if (known !== undefined) return known;
    numbers.set(literal, literals.length);
    return literals.push(literal) - 1;
  };
  const pack = ({ pattern, flags, templates }: SourceRule): PackedRule => {
    const [first, ...others] = requiredLiterals(pattern).toSorted((a, b) => weightOf(a) - weightOf(b));
    const further = others.filter(({ length }) => length <= LONGEST_FURTHER_CLAUSE).slice(0, 2);
    const clauses = first === undefined ? [] : [first, ...further];
    return [pattern, flags, templates, clauses.map((clause) => clause.map(numberOf))];
  };
  return { pack: (rules) => rules.map(pack), literals };
};

/**
 * @param regexes the text of uap-core's `regexes.yaml`.
 * @param crawlers the list of `crawler-user-agents`.
 * @returns what is committed.
 */
export const readUserAgentRules = (regexes: string, crawlers: readonly Crawler[]): UserAgentRules => {
  const document = parse(regexes) as Readonly<Record<Section, readonly Entry[]>>;
  const { pack, literals } = createPacker();
  const browsers = pack([...BROWSERS_FIRST, ...sourceRules(document, 'user_agent_parsers')]);
  const ofSystems = sourceRules(document, 'os_parsers');
  const systems = pack([...SYSTEMS_FIRST, ...before(LAST_DARWIN, DARWINS, ofSystems)]);
  const devices = pack([...DEVICES_FIRST, ...sourceRules(document, 'device_parsers'), ...DEVICES_LAST]);
  const robots = pack(crawlerRules(crawlers));
  return { literals, browsers, systems, devices, robots };
};

/** What the installed packages bring, as `readUserAgentRules` takes it. */
export const packagedRules = (): readonly [regexes: string, crawlers: readonly Crawler[]] => {
  const require = createRequire(import.meta.url);
  return [
    readFileSync(require.resolve('uap-core/regexes.yaml'), 'utf8'),
    require('crawler-user-agents') as readonly Crawler[],
  ];
};

if (import.meta.main) {
  const target = new URL('../../src/services/visitor/user-agent/rules.json', import.meta.url);
  writeFileSync(target, `${JSON.stringify(readUserAgentRules(...packagedRules()))}\n`);
}
