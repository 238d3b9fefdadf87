/** What the dashboard's visitor page makes of an answer, and of what somebody typed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cardOf, rangeName, refusalOf } from '../dashboard/src/pages/company/visitor/facts.ts';
import { couldBeAddress, curlOf, routeOf } from '../dashboard/src/pages/company/visitor/look-up.ts';

const WHOLE = {
  address: '192.0.2.1',
  version: 4,
  country: {
    code: 'IN',
    name: 'India',
    native_name: 'भारत',
    continent: { code: 'AS', name: 'Asia' },
    is_eu: false,
    calling_code: '+91',
    flag: '🇮🇳',
    currency: { code: 'INR', name: 'Indian Rupee', symbol: '₹' },
    currencies: ['INR'],
    languages: [
      { code: 'hi', name: 'Hindi', native_name: 'हिन्दी' },
      { code: 'en', name: 'English', native_name: 'English' },
    ],
  },
  region: { code: 'DL', name: 'Delhi' },
  city: 'Delhi',
  postcode: '110001',
  location: { latitude: 28.6356, longitude: 77.2, accuracy_km: 20 },
  time_zone: { id: 'Asia/Kolkata', utc_offset_seconds: 19_800, local_time: '2026-11-22T17:35:01+05:30' },
  network: { asn: 64_496, organisation: 'Example', kinds: ['tor_exit', 'vpn', 'hosting'] },
  user_agent: {
    browser: { name: 'Firefox', version: '130.0' },
    os: { name: 'Linux' },
    device: { type: 'desktop' },
    bot: { is_bot: true, name: 'Examplebot', category: 'search-engine' },
  },
};

const factOf = (answer: unknown, name: string): string | undefined =>
  cardOf(answer).facts.find((fact) => fact.name === name)?.value;

describe('the card of a visitor', () => {
  it('says what there is, in words', () => {
    const { place, flag, specialUse } = cardOf(WHOLE);
    assert.deepEqual([place, flag, specialUse], ['Delhi, India', '🇮🇳', undefined]);
    for (const [name, value] of [
      ['Currency', 'Indian Rupee · INR · ₹'],
      ['Languages', 'Hindi (हिन्दी), English'],
      ['Local time', '17:35 · Asia/Kolkata · UTC+5:30'],
      ['Continent', 'Asia'],
      ['Calling code', '+91'],
      ['Postcode', '110001'],
      ['Coordinate', '28.64, 77.20, within 20 km or so'],
      ['Network', 'Example · AS64496 · Tor exit · VPN · hosting'],
      ['Browser', 'Firefox 130.0'],
      ['System', 'Linux'],
      ['Device', 'desktop'],
      ['Bot', 'Examplebot, search-engine'],
    ] as const)
      assert.equal(factOf(WHOLE, name), value, name);
    assert.equal(
      factOf({ country: { is_eu: true, continent: { name: 'Europe' } } }, 'Continent'),
      'Europe, in the European Union',
    );
    assert.match(factOf({ time_zone: { utc_offset_seconds: -12_600 } }, 'Local time') ?? '', /^UTC−3:30$/);
  });

  it('makes nothing up for an address of a special range', () => {
    const { place, specialUse, facts } = cardOf({ address: '10.0.0.1', special_use: 'private' });
    assert.deepEqual([place, specialUse, facts], [undefined, 'private', []]);
    assert.equal(rangeName('private'), 'of a private network');
    assert.equal(rangeName('segment_routing'), 'of a special range (segment routing)');
  });

  it('stands whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (answer) => {
        for (const { value } of cardOf(answer).facts) assert.ok(value === undefined || value !== '');
        refusalOf(answer);
      }),
    );
  });
});

describe('an address that is typed', () => {
  it('goes into path and command only where nothing in it could mean anything there', () => {
    const at = { origin: 'https://api.example.org', hostname: 'api.example.org' };
    for (const text of ['9.9.9.9', '2620:fe::fe', '::ffff:192.0.2.1', ' ::1 '])
      assert.ok(couldBeAddress(text));
    for (const text of [
      '',
      '9',
      'cafe',
      '1.2.3.4/24',
      '[::1]',
      'fe80::1%eth0',
      '1.2.3.4?key=x',
      '../session',
    ])
      assert.ok(!couldBeAddress(text), text);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('1', 'f', '.', ':', '/', '"', '$', ' ', '?') }),
        (text) => {
          if (!couldBeAddress(text)) return;
          assert.match(curlOf(text, at), /"https:\/\/api\.example\.org\/v1\/visitor\/[\da-f.:]+"$/i);
        },
      ),
    );
    assert.equal(routeOf(''), '/v1/visitor');
  });
});
