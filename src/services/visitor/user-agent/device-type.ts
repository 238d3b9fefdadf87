/** What kind of device a user agent speaks of: a rule of our own over what it says and what uap-core made of it. */

export type DeviceType = 'desktop' | 'mobile' | 'tablet' | 'tv' | 'console' | 'watch' | 'bot' | 'other';

/** In this order: a television with Android is a television, a tablet with Windows a desktop computer. */
const KINDS: readonly (readonly [DeviceType, RegExp])[] = [
  ['watch', /\bwatch\b|watchos|wear os|\bSM-R\d{3}|; Watch\d|AppleWatch/i],
  // Headsets: nothing that a page would lay out as for a computer.
  ['other', /OculusBrowser|\bPico (?:Neo|4)/],
  ['console', /playstation|xbox|nintendo|\bPSP\b|steam deck|\bOuya\b/i],
  [
    'tv',
    /smart-?tv|smart tv|hbbtv|\bce-html|apple ?tv|tvos|google ?tv|android ?tv|\bbravia\b|\bAFT[A-Z]{1,3}\d{0,2}\b|crkey|roku|netcast|web0s|webos\.tv|viera|\baquos|inettvbrowser|\bDTV\b|philipstv|nettv|tv safari|\bMi ?TV|\bMiBOX|tv ?box|\bSTB\b|\bOTT\b|\bTV\b|brightsign|\bOMI\/\d/i,
  ],
  [
    'tablet',
    /\biPad\b|tablet(?! pc)|playbook|\bkindle\b|\bKF[A-Z]{2,5}\b|\bpad\b|touchpad|\bNexus (?:7|9|10)\b|\bSM-[TXP]\d{3}|\bGT-(?:P\d|N[58])\d{3}\b|\bSCH-I800|\bXoom\b|MediaPad|\bTab\b/i,
  ],
  [
    'mobile',
    /\bmobi|iphone|ipod|phone|blackberry|\bBB10\b|opera mini|symbian|\bSeries ?[46]0|j2me|\bMIDP|\bnokia|\bUP\.Browser|docomo|kaios|\bPalm|webOS\/|maemo|\bwap\b|\bNetFront|\bUCWEB|windows ?ce|iemobile/i,
  ],
];

const ANDROID = /\bandroid\b/i;
const BROWSER = /^Mozilla\/.{0,300}(?:Safari|Gecko)\//;
const DESKTOP =
  /\bwindows|win(?:32|9[58]|nt)|macintosh|macbook|\biMac|mac_powerpc|mac os x|darwin.{1,40}x86_64|\bx11\b|\bcros\b|linux|freebsd|openbsd|netbsd|sunos|os\/2|haiku|amiga/i;

/** What uap-core names as the brand where it knows none, and of computers. */
const NO_HANDSET: ReadonlySet<string> = new Set(['', 'Spider', 'Apple']);

/**
 * @param text the user agent, cut to a bounded length.
 * @param brand of the device, as uap-core tells it.
 * @param isBot a robot is one whatever it claims to run on.
 */
export const deviceType = (text: string, brand: string, isBot: boolean): DeviceType => {
  if (isBot) return 'bot';
  for (const [kind, expression] of KINDS) if (expression.test(text)) return kind;
  // Browsers for Android say Mobile on phones and nothing on tablets; apps say it nowhere.
  if (ANDROID.test(text)) return BROWSER.test(text) ? 'tablet' : 'mobile';
  if (DESKTOP.test(text)) return 'desktop';
  return NO_HANDSET.has(brand) ? 'other' : 'mobile';
};
