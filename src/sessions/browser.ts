/** Roughly which browser a session is in: a family and a system out of a short list; nothing else of a user agent is kept. */

/** What the list of sessions shows; letters and spaces, at most 20. */
export interface Device {
  readonly browser: string;
  readonly platform: string;
}

/** The first that matches: browsers name their ancestors too. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrom(?:e|ium)\/|\bCriOS\/|\bHeadlessChrome\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
];

const PLATFORMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b|\biPad\b|\biPod\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMacintosh\b|\bMac OS X\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

/** Longer ones are not looked through. */
const LONGEST = 512;

const firstOf = (names: typeof BROWSERS, text: string): string =>
  names.find(([pattern]) => pattern.test(text))?.[1] ?? 'Other';

/** The device that a `User-Agent` names; `Other` where it names none on the list. */
export const deviceOf = (userAgent: string | undefined): Device => {
  const text = (userAgent ?? '').slice(0, LONGEST);
  return { browser: firstOf(BROWSERS, text), platform: firstOf(PLATFORMS, text) };
};
