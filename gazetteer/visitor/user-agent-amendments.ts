/** What Vouchsafe reads from user agents before uap-core's rules are asked: newer apps, and what those rules miss. */
import type { SourceRule } from './user-agent-rules.ts';

const VERSION = '(\\d+)(?:\\.(\\d+)|)(?:\\.(\\d+)|)';

const rule = (pattern: string, ...templates: readonly string[]): SourceRule => ({
  pattern,
  flags: '',
  templates,
});

/** A browser that says its own name and version as `token/version`. */
const named = (token: string, family: string): SourceRule =>
  rule(`${token}/v?${VERSION}`, family, '$1', '$2', '$3');

/** The same, where the name is a common word: only behind the tokens that a Chrome-like browser ends with. */
const atTheEnd = (token: string, family: string): SourceRule =>
  rule(` Safari/[\\d.]{1,20} ${token}/${VERSION}`, family, '$1', '$2', '$3');

/** A browser that gives no version of its own; its version is that of the Chrome within. */
const chromeWith = (before: string, family: string): SourceRule =>
  rule(`${before}Chrome/${VERSION}`, family, '$1', '$2', '$3');

const without = (pattern: string, family: string): SourceRule => rule(pattern, family, '', '', '');

/**
 * Written to the cases that uap-core publishes (tests/ of August 2026) and that its last release, 0.18.0, misses. They
 * stand before its rules, as most of these apps also say what they are built on.
 */
export const BROWSERS_FIRST: readonly SourceRule[] = [
  ...(
    [
      ['OculusBrowser', 'Oculus Browser'],
      ['baiduboxapp', 'Baidu Explorer'],
      ['bdhonorbrowser', 'Honor Browser'],
      ['HonorBrowser', 'Honor Browser'],
      ['VivoBrowser', 'VivoBrowser'],
      ['H[Ii]Browser', 'HiBrowser'],
      ['OPX', 'Opera GX'],
      ['OPT', 'Opera Touch'],
      ['RuxitSynthetic', 'Ruxit Synthetic'],
      ['UCMobile', 'UC Browser'],
      ['YaSearchBrowser', 'Yandex Browser'],
      ['^(?:Mozilla|BrightSign).{1,200} QtWebEngine', 'Qt Web Engine'],
      ['CitizenFX', 'CitizenFX'],
      ['R2Client', 'R2Client'],
      [' OBS', 'OBS Studio'],
      ['AdobeCEP', 'Adobe CEP'],
      ['^AncestryAndroid', 'AncestryAndroid'],
      ['Vivaldi', 'Vivaldi'],
      ['Google-InspectionTool', 'Google-InspectionTool'],
      ['[Bb]rave', 'Brave'],
      ['Telegram-Android', 'Telegram'],
      ['KAKAOTALK', 'KakaoTalk'],
      ['^aws-sdk-go-v2', 'aws-sdk-go-v2'],
      ['Ladybird', 'Ladybird'],
      ['MullvadBrowser', 'MullvadBrowser'],
      ['HuaweiBrowser', 'Huawei Browser'],
      ['AvastSecureBrowser', 'Avast Secure Browser'],
      [' Avast', 'Avast Secure Browser'],
      ['Instabridge', 'Instabridge'],
      ['AlohaBrowser', 'Aloha Browser'],
      [' ABB', 'Aloha Browser'],
      ['RecipeRadar', 'RecipeRadar'],
      ['115Browser', '115 Browser'],
      ['QuarkPC', 'Quark PC'],
      [' Quark', 'Quark'],
      ['SLBrowser', 'Smart Lenovo Browser'],
      ['^Chesscom-Android', 'Chesscom-Android'],
      ['RobloxApp', 'Roblox App'],
      ['AOLShield', 'AOL Shield Browser'],
      ['CravingExplorer', 'Craving Explorer Browser'],
      [' ADG', 'AOL Desktop Gold Browser'],
      ['SberBrowser', 'Sber Browser'],
      [' JiSu', 'JiSu Browser'],
      ['Wolvic', 'Wolvic Browser'],
      ['HeyTapBrowser', 'HeyTap Browser'],
      [' Odin', 'Odin'],
      [' PHX', 'Phoenix Browser'],
      [' OMI', 'Vewd Browser'],
      [' Mypal', 'Mypal Browser'],
      [' Chrome/[\\d.]{1,20} Atom', 'Atom Browser'],
    ] as const
  ).map(([token, family]) => named(token, family)),
  ...(
    [
      ['OpenWave', 'Open Wave'],
      ['Trailer', 'Trailer'],
      ['Agency', 'Agency'],
      ['Herring', 'Herring'],
      ['AtContent', 'AtContent'],
      ['Config', 'Config'],
      ['Viewer', 'Viewer'],
      ['LikeWise', 'LikeWise'],
      ['Unique', 'Unique'],
      ['AVG', 'AVG'],
      ['Avira', 'Avira'],
      ['CCleaner', 'CCleaner'],
      ['Norton', 'Norton'],
      ['Hola', 'Hola Browser'],
      ['Lite Browser', 'Lite Browser'],
      ['Edg/[\\d.]{1,20} Teams', 'Microsoft Teams'],
    ] as const
  ).map(([token, family]) => atTheEnd(token, family)),
  rule(`__weibo__${VERSION}`, 'Weibo', '$1', '$2', '$3'),
  without('Weibo(?:Intl|lite)(?:iOS|Android)_', 'Weibo'),
  rule('Camoufox (\\d+)\\.(\\d+)', 'Camoufox', '$1', '$2', ''),
  rule(`^Roadrunner/IOS/\\d{1,10}/${VERSION}`, 'Roadrunner', '$1', '$2', '$3'),
  rule(`^Instagram ${VERSION}`, 'Instagram', '$1', '$2', '$3'),
  rule('musical_ly_(\\d+)\\.(\\d+)\\.(\\d+)', 'TikTok', '$1', '$2', '$3'),
  rule('musical_ly app_version/(\\d+)\\.(\\d+)\\.(\\d+)', 'TikTok', '$1', '$2', '$3'),
  without('BytedanceWebview/', 'TikTok'),
  rule(` Mobile/.{1,100} Ddg/${VERSION}`, 'DuckDuckGo Mobile', '$1', '$2', '$3'),
  rule(` Ddg/${VERSION}`, 'DuckDuckGo', '$1', '$2', '$3'),
  rule(`\\(Ecosia ios@${VERSION}`, 'Ecosia iOS', '$1', '$2', '$3'),
  rule(`\\(Ecosia android@${VERSION}`, 'Ecosia Android', '$1', '$2', '$3'),
  // A version of one number: asked for by desktop sites, where uap-core expects three.
  rule(' EdgiOS/(\\d+) ', 'Edge Mobile', '$1', '', ''),
  rule(' CriOS/(\\d+) ', 'Chrome Mobile iOS', '$1', '', ''),
  rule(`MicroMessenger/${VERSION}.{1,60} (?:Windows|Mac)Wechat`, 'WeChat Browser', '$1', '$2', '$3'),
  rule(`^Mozilla/5\\.0 \\(SMART-TV;.{1,100} Thano/${VERSION}`, 'SmartTV WebBrowser', '$1', '$2', '$3'),
  rule(`NetCast;.{1,150} Colt/${VERSION}`, 'NetCast Smart TV', '$1', '$2', '$3'),
  without('QIHU 360(?:SE|ENT)', '360 Secure Browser'),
  without(' Chrome/[\\d.]{1,20} Decentr ', 'Decentr Web3 Browser'),
  without(' Safari/[\\d.]{1,20} Sparrow$', 'Sparrow Browser'),
  without('; Chromium GOST\\)', 'Chromium GOST Browser'),
  without(' Safari/[\\d.]{1,20} Talon$', 'Talon Cyber Security Browser'),
  without(' Safari/[\\d.]{1,20} Qaxbrowser', 'QAX Browser'),
  without(' Safari/[\\d.]{1,20} \\(?Brave\\)?$', 'Brave'),
  chromeWith(' Brave ', 'Brave'),
  chromeWith('Valve Steam GameOverlay/.{1,120}', 'Steam GameOverlay'),
  chromeWith('Valve (?:Steam )?Client/.{1,120}', 'Steam Client'),
  chromeWith('Valve Steam Gamepad/Steam Deck .{1,120}', 'Steam Deck'),
];

/** @see BROWSERS_FIRST */
export const SYSTEMS_FIRST: readonly SourceRule[] = [
  rule('Macintosh;.{1,100} (?:CriOS|EdgiOS)/\\d', 'iOS', '', '', '', ''),
  rule('HarmonyOS (\\d+)\\.(\\d+)\\.(\\d+)', 'HarmonyOS', '$1', '$2', '$3', ''),
  rule(' os/macos(?:#(\\d+)\\.(\\d+)\\.(\\d+)|) ', 'Mac OS X', '$1', '$2', '$3', ''),
  rule('Android (\\d+)\\.(\\d+).{1,150} CrKey/.{1,30} DeviceType/', 'Chromecast Android', '$1', '$2', '', ''),
  rule(`Fuchsia.{1,150} CrKey/${VERSION}`, 'Chromecast Fuchsia', '$1', '$2', '$3', ''),
  rule(` CrKey/${VERSION} DeviceType/SmartSpeaker`, 'Chromecast SmartSpeaker', '$1', '$2', '$3', ''),
  rule(`X11; Linux.{1,150} CrKey/${VERSION}`, 'Chromecast Linux', '$1', '$2', '$3', ''),
  rule(' aws-sdk-go/[\\d.]{1,20} \\(go[\\d.]{1,10}; darwin;', 'Mac OS X', '', '', '', ''),
];

const DARWIN = 'CFNetwork/.{0,100} Darwin/';

/** The rule of uap-core before which `DARWINS` stand. */
export const LAST_DARWIN = `${DARWIN}(22)\\.\\d+`;

/** The systems that Darwin's number tells and uap-core does not know yet. */
export const DARWINS: readonly SourceRule[] = (
  [
    ['22', '16'],
    ['23', '17'],
    ['24', '18'],
    ['25', '26'],
  ] as const
).map(([darwin, version]) => rule(`${DARWIN}${darwin}\\.(\\d)\\.\\d+`, 'iOS', version, '$1', '', ''));

/** @see BROWSERS_FIRST */
export const DEVICES_FIRST: readonly SourceRule[] = [
  rule('; Quest 3(S|)\\)', 'Quest', 'Meta', 'Quest 3$1'),
  rule('Android.{1,150} CrKey/.{1,30} DeviceType/(AndroidTV)', 'Chromecast', 'Google', '$1'),
  rule(' CrKey/.{1,30} DeviceType/(SmartSpeaker|Chromecast)', 'Chromecast', 'Google', '$1'),
  rule('\\(Fuchsia\\).{1,150} CrKey/', 'Chromecast', 'Google', 'Nest Hub'),
  rule(' CrKey/1\\.36\\.', 'Chromecast', 'Google', 'First Generation'),
  rule('; (ONE(?:PLUS|) [a-zA-Z]\\d{1,8}); \\) AppleWebKit', 'OnePlus $1', 'OnePlus', '$1'),
  rule('Android.{1,150} Mobile .{1,80}Google-InspectionTool', 'Spider', 'Spider', 'Smartphone'),
  rule('Google-InspectionTool|RecipeRadar/', 'Spider', 'Spider', 'Desktop'),
];

/** Devices that uap-core leaves unknown; asked after its own. */
export const DEVICES_LAST: readonly SourceRule[] = [
  rule('Nintendo Switch', 'Nintendo Switch', 'Nintendo', 'Switch'),
  rule(' CrKey/', 'Chromecast', 'Google', 'Chromecast'),
];

/** Rules of uap-core that take too much: their pattern, and what stands in its place. */
export const REPLACED: ReadonlyMap<string, string> = new Map([
  // `android` alone took every Android with a dot in its version for the wallet Phantom.
  [
    'Mozilla.{1,200}Mobile.{1,100}(Phantom\\/ios|android).(\\d+)\\.(\\d+)\\.(\\d+)',
    'Mozilla.{1,200}Mobile.{1,100}(Phantom/(?:ios|android)).(\\d+)\\.(\\d+)\\.(\\d+)',
  ],
]);
