import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deviceType, type DeviceType } from './device-type.ts';

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0';
const IOS = 'like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1';

const CASES: Readonly<Record<Exclude<DeviceType, 'bot'>, readonly string[]>> = {
  desktop: [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36`,
    'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0; Touch; Tablet PC 2.0)',
    'MyApp/1.0 CFNetwork/893.13.1 Darwin/17.3.0 (x86_64)',
  ],
  mobile: [
    `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 ${IOS}`,
    `Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5 ${IOS}`,
    'Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0',
    'Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 650) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0 Mobile Safari/537.36 Edge/15.15063',
    'Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.348; U; en) Presto/2.5.25 Version/10.54',
    'Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7 Build/TQ3A.230805.001)',
    'Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5',
  ],
  tablet: [
    `Mozilla/5.0 (iPad; CPU OS 18_6 ${IOS}`,
    `Mozilla/5.0 (Linux; Android 14; SM-X205) ${CHROME} Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Safari/537.36`,
    'Mozilla/5.0 (Android 14; Tablet; rv:143.0) Gecko/143.0 Firefox/143.0',
    'Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/108.4.6 like Chrome/108.0.5359.220 Safari/537.36',
  ],
  tv: [
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/7.0 Chrome/108.0.0.0 TV Safari/537.36',
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager',
    'Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7223) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0 Mobile Safari/537.36',
    'Roku/DVP-12.0 (12.0.0.4182-55)',
    'AppleTV11,1/11.1',
    'HbbTV/1.5.1 (+DRM; Samsung; SmartTV2021; T-NKMAKUC-1404.5; ; ) LaTivu_1.0.1_2021',
  ],
  console: [
    'Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edge/44.18363.8131',
    'Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.23.6 NintendoBrowser/5.1.0.23620',
  ],
  watch: [
    'AppleWatch6,1/8.5 watchOS',
    'Mozilla/5.0 (Linux; Android 9; SM-R820) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/98.0 Mobile Safari/537.36',
  ],
  other: [
    '',
    'curl/8.5.0',
    'Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/36.6 Chrome/130.0 VR Safari/537.36',
  ],
};

describe('the type of a device', () => {
  for (const [type, texts] of Object.entries(CASES)) {
    it(`is told: ${type}`, () => {
      for (const text of texts) assert.equal(deviceType(text, '', false), type, text);
    });
  }

  it('is a robot when it is one, whatever it looks like', () => {
    for (const text of CASES.mobile) assert.equal(deviceType(text, 'Samsung', true), 'bot');
  });

  it('is a handset when only its brand is known', () => {
    assert.equal(deviceType('SAMSUNG-GT-E2652/E2652XXKI1', 'Samsung', false), 'mobile');
    assert.equal(deviceType('SomethingElse/1.0', 'Spider', false), 'other');
  });
});
