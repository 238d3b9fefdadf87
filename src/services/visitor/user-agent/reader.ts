/**
 * What a visitor's user agent tells: browser, system, device, and whether it is a robot. The text itself is not kept; a
 * result is, for a while, and may hold a name that a rule copies out of the text (a model, an app), if it is a short one.
 */
import { isbot } from 'isbot';
import { deviceType, type DeviceType } from './device-type.ts';
import { createKeyedHash } from './keyed-hash.ts';
import { createParser } from './parser.ts';
import { createResultCache } from './result-cache.ts';
import type { UserAgentRules } from './rules.ts';

interface Software {
  /** 'Other' where it is unknown, as uap-core says it. */
  readonly family: string;
  /** The parts that are known, joined by points; '' where none is. */
  readonly version: string;
}

export interface UserAgentFacts {
  readonly browser: Software;
  readonly os: Software;
  /** uap-core's three names of a device, '' where one is unknown; the family is 'Other' then. */
  readonly device: { readonly family: string; readonly brand: string; readonly model: string };
  readonly deviceType: DeviceType;
  /** Of a robot its name, '' where it is unknown, and what it is for: `search-engine`, `ai-crawler`, `other`… */
  readonly bot: { readonly name: string; readonly category: string } | undefined;
}

export interface UserAgentReader {
  /** @param text the header field as it came; what stands after its first 512 characters is not looked at. */
  read(text: string): UserAgentFacts;
  /** How many results are remembered. */
  remembered(): number;
  /** Forgets them all. */
  forget(): void;
  /** Forgets them all and stops the clock that does so. */
  close(): void;
}

export interface UserAgentReaderOptions {
  /** 8 random bytes, of this process alone and never stored. */
  readonly key: Uint8Array;
  /** Results are forgotten together this often, in milliseconds. */
  readonly forgetEvery: number;
  /** 4,096 unless told: a power of two, and a quarter of the results that are remembered at most. */
  readonly sets?: number;
}

/** The longest of uap-core's 18,213 published cases has 492; a bound on every regular expression. */
const LONGEST = 512;
const DEFAULT_SETS = 4_096;
const UNKNOWN = 'Other';
const ANYTHING = /(?:)/;

/**
 * The longest name that is remembered, in characters. Rules copy whatever stands where a model or a version should: of the
 * published cases the longest is 135 characters with the number of one single telephone in it. Longer ones are told and forgotten.
 */
const LONGEST_REMEMBERED = 40;

/** Whether nothing in a result is longer than the names of things are. */
const isShort = ({ browser, os, device, bot }: UserAgentFacts): boolean =>
  [
    browser.family,
    browser.version,
    os.family,
    os.version,
    device.family,
    device.brand,
    device.model,
    bot?.name ?? '',
  ].every(({ length }) => length <= LONGEST_REMEMBERED);

const software = (facts: readonly string[] | undefined): Software => {
  const [family = UNKNOWN, ...parts] = facts ?? [];
  const end = parts.indexOf('');
  return { family: family || UNKNOWN, version: (end === -1 ? parts : parts.slice(0, end)).join('.') };
};

const createMaker = (rules: UserAgentRules): ((text: string) => UserAgentFacts) => {
  const parser = createParser(rules);
  return (text) => {
    const { browser, system, device } = parser.parse(text);
    const [family = UNKNOWN, brand = '', model = ''] = device ?? [];
    const isBot = isbot(text);
    const [name = browser?.[0] ?? '', category = 'other'] = (isBot ? parser.robot(text) : undefined) ?? [];
    const facts: UserAgentFacts = {
      browser: software(browser),
      os: software(system),
      device: { family: family || UNKNOWN, brand, model },
      deviceType: deviceType(text, brand, isBot),
      bot: isBot ? { name, category } : undefined,
    };
    // The engine remembers the last text that an expression matched (`RegExp.input`): let that be an empty one.
    ANYTHING.test('');
    return facts;
  };
};

/** One a thread. Its clock does not keep the process alive. */
export const createUserAgentReader = (
  rules: UserAgentRules,
  { key, forgetEvery, sets = DEFAULT_SETS }: UserAgentReaderOptions,
): UserAgentReader => {
  const cache = createResultCache(sets, createKeyedHash(key), createMaker(rules), isShort);
  const timer = setInterval(cache.clear, forgetEvery).unref();
  return {
    read: (text) => cache.read(text.length > LONGEST ? text.slice(0, LONGEST) : text),
    remembered: cache.size,
    forget: cache.clear,
    close: () => {
      clearInterval(timer);
      cache.clear();
    },
  };
};
