/** What a page that delegates client hints adds to a user agent that browsers have frozen (WICG, User-Agent Client Hints). */
import type { DeviceType } from './device-type.ts';
import type { UserAgentFacts } from './reader.ts';

/** Values of the header fields as they came; undefined where one was not sent. */
export interface ClientHints {
  /** `Sec-CH-UA-Full-Version-List`. */
  readonly versions?: string | undefined;
  /** `Sec-CH-UA-Platform`. */
  readonly platform?: string | undefined;
  /** `Sec-CH-UA-Platform-Version`. */
  readonly platformVersion?: string | undefined;
  /** `Sec-CH-UA-Model`. */
  readonly model?: string | undefined;
  /** `Sec-CH-UA-Form-Factors`. */
  readonly formFactors?: string | undefined;
}

/** A longer field is not looked at: none that a browser sends comes near. */
const LONGEST = 512;
const VERSION = /^\d{1,5}(?:\.\d{1,9}){0,4}$/;
const MODEL = /^[\w .,()+/-]{1,64}$/;

/** From this version on the platform Windows is what people know as Windows 11 (Microsoft's table for the hint). */
const WINDOWS_11 = 13;

/** uap-core's names of the systems whose version the user agent no longer tells, by the hint's. */
const SYSTEMS: ReadonlyMap<string, string> = new Map([
  ['Windows', 'Windows'],
  ['macOS', 'Mac OS X'],
  ['Android', 'Android'],
]);

const FORM_FACTORS: ReadonlyMap<string, DeviceType> = new Map([
  ['Watch', 'watch'],
  ['XR', 'other'],
  ['Automotive', 'other'],
  ['Tablet', 'tablet'],
  ['EInk', 'tablet'],
  ['Mobile', 'mobile'],
  ['Desktop', 'desktop'],
]);

/** The strings of a structured field (RFC 8941), without what escapes of theirs stand for: no version holds one. */
const stringsOf = (field: string | undefined): readonly string[] =>
  field === undefined || field.length > LONGEST
    ? []
    : [...field.matchAll(/"([^"\\]{0,64})"/g)].map(([, text = '']) => text);

const majorOf = (version: string): string => version.split('.', 1)[0] ?? '';

/** The whole version of the browser: that of the brand which the user agent gives the same first number. */
const fullVersion = (facts: UserAgentFacts, hints: ClientHints): string => {
  const { version } = facts.browser;
  const same = stringsOf(hints.versions).find(
    (text) => VERSION.test(text) && majorOf(text) === majorOf(version) && text.length > version.length,
  );
  return same ?? version;
};

const systemVersion = (facts: UserAgentFacts, hints: ClientHints): string => {
  const [platform = ''] = stringsOf(hints.platform);
  const [version = ''] = stringsOf(hints.platformVersion);
  if (SYSTEMS.get(platform) !== facts.os.family || !VERSION.test(version)) return facts.os.version;
  if (platform !== 'Windows') return version.replace(/(?:\.0)+$/, '');
  const major = Number(majorOf(version));
  if (major === 0) return facts.os.version;
  return major >= WINDOWS_11 ? '11' : '10';
};

/**
 * @param read the reader of user agents, which knows the brand of a model.
 * @returns the facts, with what the hints say better; hints that contradict the user agent are not believed.
 */
export const withClientHints = (
  facts: UserAgentFacts,
  hints: ClientHints,
  read: (text: string) => UserAgentFacts,
): UserAgentFacts => {
  if (facts.bot !== undefined) return facts;
  const [model = ''] = stringsOf(hints.model);
  const isModel = facts.os.family === 'Android' && MODEL.test(model);
  const factor = stringsOf(hints.formFactors)
    .map((name) => FORM_FACTORS.get(name))
    .find((type) => type !== undefined);
  return {
    ...facts,
    browser: { ...facts.browser, version: fullVersion(facts, hints) },
    os: { ...facts.os, version: systemVersion(facts, hints) },
    device: isModel
      ? read(`Mozilla/5.0 (Linux; Android 10; ${model}) AppleWebKit/537.36`).device
      : facts.device,
    deviceType: factor ?? facts.deviceType,
  };
};
