/** User agents as most visitors send them, from which `user-agent-rules.ts` tells common texts from telling ones. */
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const IPAD = 'Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';

export const COMMON_USER_AGENTS: readonly string[] = [
  `${WINDOWS} ${CHROME} Safari/537.36`,
  `${WINDOWS} ${CHROME} Safari/537.36 Edg/141.0.0.0`,
  `${WINDOWS} ${CHROME} Safari/537.36 OPR/122.0.0.0`,
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
  `${MAC} ${CHROME} Safari/537.36`,
  `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15`,
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0',
  `Mozilla/5.0 (X11; Linux x86_64) ${CHROME} Safari/537.36`,
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 14; SM-A155F Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.7390.97 Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; U; Android 12; en-us; Redmi Note 9 Build/SP1A.210812.016) ${CHROME} Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.4.0`,
  'Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0',
  `${IPHONE} Version/18.6 Mobile/15E148 Safari/604.1`,
  `${IPHONE} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1`,
  `${IPHONE} GSA/389.1 Mobile/15E148 Safari/604.1`,
  `${IPHONE} Mobile/15E148 Instagram 400.0.0.1.1 (iPhone14,5; iOS 18_6; en_US; en; scale=3.00; 1170x2532; 1)`,
  `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/530.0.0.1;FBBV/1;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/18.6;FBSS/3;FBID/phone;FBLC/en_US]`,
  `${IPAD} Version/18.6 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (Linux; Android 14; SM-X205) ${CHROME} Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 11; moto g power (2022) Build/RRQS31.Q3-68-31-2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 ${CHROME} Mobile Safari/537.36`,
  'Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/7.0 Chrome/108.0.0.0 TV Safari/537.36',
  'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
];
