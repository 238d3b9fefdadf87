/** Every origin that is known to have fooled somebody, and a slow check that the quick one has to agree with. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { requestOf } from '../../test/support/request.ts';
import { canonicalOrigin, WILDCARD } from '../foundation/origin.ts';
import { matchOrigin, originOfPage, type OriginRules } from './browser-origin.ts';

const LISTED = 'https://shop.example.com';
/** As the list has them: origins, and `https://*.` before a domain. */
const rulesOf = (listed: readonly string[], local?: string): OriginRules<string> => {
  const isStarred = (entry: string): boolean => entry.startsWith(WILDCARD);
  return {
    origins: new Map(listed.filter((entry) => !isStarred(entry)).map((entry) => [entry, entry])),
    wildcards: new Map(listed.filter(isStarred).map((entry) => [entry.slice(WILDCARD.length), entry])),
    local,
  };
};

const allows = (
  headers: Readonly<Record<string, string | string[]>>,
  rules: OriginRules<string> = rulesOf([LISTED]),
): boolean => {
  const page = originOfPage(requestOf({ headers }));
  return page.ok && matchOrigin(rules, page.value) !== undefined;
};

const refusesAll = (origins: readonly string[], rules?: OriginRules<string>): void => {
  for (const origin of origins) assert.equal(allows({ origin }, rules), false, JSON.stringify(origin));
};

describe('the origin of a page', () => {
  it('is let in where it stands in the list, to the letter', () => {
    assert.ok(allows({ origin: LISTED }));
    const rules = rulesOf([
      'https://xn--bcher-kva.example',
      'https://a.example:8443',
      'https://[2001:db8::1]',
    ]);
    for (const origin of rules.origins.keys()) assert.ok(allows({ origin }, rules), origin);
  });

  // web-platform-tests cors/origin.htm: what a browser must not take for its own origin, we must not either.
  it('is refused in all forms of the web platform tests', () => {
    const host = 'shop.example.com';
    refusesAll([
      '*',
      ' *  ',
      '\t*',
      ` ${LISTED}`,
      ` ${LISTED}   \t `,
      `\t${LISTED}`,
      `https://www.${host}`,
      `//${host}`,
      `://${host}`,
      `ftp://${host}`,
      `http:://${host}`,
      `https:://${host}`,
      `http:/${host}`,
      `https:/${host}`,
      `http:${host}`,
      `https:${host}`,
      host,
      `${LISTED}?`,
      `${LISTED}/`,
      `${LISTED} /`,
      `${LISTED}#`,
      `${LISTED}%23`,
      `${LISTED}:80`,
      `${LISTED}:443`,
      `${LISTED}, *`,
      `${LISTED}\0`,
      LISTED.toUpperCase(),
      `HTTPS://${host}`,
      '-',
      '**',
      '\0*',
      '*\0',
      "'*'",
      '"*"',
      '* *',
      '* null',
      '*https://*',
      `*https://${host}`,
      `* ${LISTED}`,
      `*, ${LISTED}`,
      `\0${LISTED}`,
      `null ${LISTED}`,
      'http://example.net',
      'null',
      'null *',
      '',
      `${LISTED}/cors/origin.htm`,
      `${LISTED}/cors`,
      'https://www1.shop.example.com',
      'example.com',
      '.example.com',
      '*.example.com',
      'https://example.com',
      'https://.example.com',
      'https://*.example.com',
    ]);
    for (const [first, second] of [
      ['', '*'],
      ['*', ''],
      ['*', '*'],
      ['', LISTED],
      ['*', LISTED],
      [LISTED, LISTED],
    ])
      assert.equal(allows({ origin: [first ?? '', second ?? ''] }), false, `${first}, ${second}`);
  });

  it('is refused to what Corsy tries', () => {
    const root = 'shop.example.com';
    refusesAll([
      'https://example.org',
      `https://${root}.example.org`,
      `https://d3v${root}`,
      'null',
      `https://${root}_.example.org`,
      `https://${root}%60.example.org`,
      `https://${root}\`.example.org`,
      'https://shopxexample.com',
      `http://${root}`,
    ]);
  });

  it('is refused to what CORScanner tries', () => {
    refusesAll([
      'https://evil.com',
      `${LISTED}.evil.com`,
      'https://evilexample.com',
      'null',
      'https://example.co',
      'https://shop.exampleacom',
      'https://evil.shop.example.com',
      'http://shop.example.com',
      'https://whatever.github.io',
      'https://jsbin.com',
      'https://codepen.io',
      'https://jsfiddle.net',
      'https://repl.it',
      ...Array.from('_-"{}+^!~`;|&\'()*,$=').map((sign) => `${LISTED}${sign}.evil.com`),
      `${LISTED}%60.evil.com`,
      `${LISTED}%0b.evil.com`,
    ]);
  });

  it('is refused to what PortSwigger teaches', () => {
    refusesAll(
      [
        'https://hackersnormal-website.com',
        'https://normal-website.com.evil-user.net',
        'http://normal-website.com',
        'http://subdomain.normal-website.com',
        'null',
      ],
      rulesOf(['https://normal-website.com']),
    );
  });

  it('is refused where a parser and a comparison could disagree', () => {
    refusesAll([
      'https://shop.example.com@evil.com',
      'https://evil.com@shop.example.com',
      'https://shop.example.com\\@evil.com',
      'https://shop.example.com:443@evil.com',
      'https://shop.example.com.',
      'https://shop.example.com%00',
      'https://shop。example.com',
      'https://ｓhop.example.com',
      'https://shop.exаmple.com',
      'https://shop.example.com,https://evil.com',
      'https://shop.example.com https://evil.com',
      'blob:https://shop.example.com',
      'wss://shop.example.com',
      'chrome-extension://shop.example.com',
      'file://shop.example.com',
      `https://${'a.'.repeat(200)}example.com`,
    ]);
    const dotted = rulesOf(['https://127.0.0.1:8443']);
    assert.ok(allows({ origin: 'https://127.0.0.1:8443' }, dotted));
    refusesAll(['https://127.1:8443', 'https://0x7f.1:8443', 'https://2130706433:8443'], dotted);
    refusesAll(['https://bücher.example'], rulesOf(['https://xn--bcher-kva.example']));
    refusesAll(['https://a.example', 'https://a.example:8444'], rulesOf(['https://a.example:8443']));
  });

  it('is taken from the Referer only where there is no Origin at all', () => {
    for (const path of ['', '/', '/page?q=x#y', '//evil.com', '/@evil.com'])
      assert.ok(allows({ referer: `${LISTED}${path}` }), path);
    for (const referer of [
      'https://evil.com/https://shop.example.com/',
      'https://shop.example.com@evil.com/',
      'https://shop.example.com\\@evil.com/',
      'https://shop.example.com.evil.com/',
      'https://shop.example.com?@evil.com/',
      'https://shop.example.com#@evil.com/',
      'HTTPS://shop.example.com/',
      'shop.example.com/',
      '//shop.example.com/',
      'about:client',
      '',
    ])
      assert.equal(allows({ referer }), false, referer);
    for (const origin of ['null', '', 'https://evil.com', `${LISTED}/`])
      assert.equal(allows({ origin, referer: `${LISTED}/` }), false, origin);
    assert.deepEqual(originOfPage(requestOf({})), { ok: false, reason: 'origin-missing' });
  });

  it('counts for nothing where no script of the page asked', () => {
    for (const mode of ['navigate', 'no-cors', 'websocket', 'cors, cors', ''])
      assert.equal(allows({ origin: LISTED, 'sec-fetch-mode': mode }), false, mode);
    for (const mode of ['cors', 'same-origin'])
      assert.ok(allows({ origin: LISTED, 'sec-fetch-mode': mode }), mode);
  });

  it('is the own machine only by the switch, on any port, and nothing that looks like it', () => {
    const own = [
      'http://localhost',
      'http://localhost:5173',
      'https://localhost:8443',
      'http://app.localhost:3000',
      'http://127.0.0.1:3000',
      'http://127.8.9.1',
      'http://[::1]:3000',
    ];
    for (const origin of own) assert.ok(allows({ origin }, rulesOf([], 'local')), origin);
    refusesAll(own);
    refusesAll(
      [
        'http://localhost.evil.com',
        'http://evillocalhost',
        'http://127.0.0.1.evil.com',
        'http://127.evil.com',
        'http://localhost.',
        'http://localhost:80',
        'http://10.0.0.1',
        'http://0.0.0.0',
        'http://[::]',
        'null',
      ],
      rulesOf([], 'local'),
    );
  });
});

/** What the tools and tests above try, against a list that has all hosts below the domain as well. */
describe('a wildcard', () => {
  const rules = rulesOf(['https://*.example.com']);

  it('lets in every host below its domain, at any depth, and not the domain itself', () => {
    for (const origin of [
      'https://a.example.com',
      'https://www.example.com',
      'https://a.b.c.d.e.example.com',
      'https://xn--bcher-kva.example.com',
      'https://a--b.example.com',
      `https://${'a.'.repeat(110)}example.com`,
    ])
      assert.ok(allows({ origin }, rules), origin);
    refusesAll(['https://example.com', 'https://com', 'https://example.com.example.org'], rules);
    assert.ok(allows({ referer: 'https://a.example.com/page' }, rules));
  });

  it('is for its port and for https alone', () => {
    refusesAll(['https://a.example.com:8443', 'http://a.example.com', 'wss://a.example.com'], rules);
    const other = rulesOf(['https://*.example.com:8443']);
    assert.ok(allows({ origin: 'https://a.example.com:8443' }, other));
    refusesAll(
      ['https://a.example.com', 'https://a.example.com:84430', 'https://a.example.com:443', 'https://8443'],
      other,
    );
  });

  it('is fooled by nothing that web-platform-tests, Corsy, CORScanner and PortSwigger try', () => {
    refusesAll(
      [
        'https://.example.com',
        'https://..example.com',
        'https://a..example.com',
        'https://*.example.com',
        'https://a.*.example.com',
        'https://**.example.com',
        '*.example.com',
        '.example.com',
        '//a.example.com',
        'https:/a.example.com',
        'https:a.example.com',
        'HTTPS://a.example.com',
        'https://A.example.com',
        'https://a.EXAMPLE.com',
        'https://a.example.com/',
        'https://a.example.com?',
        'https://a.example.com#',
        ' https://a.example.com',
        'https://a.example.com ',
        'https://a.example.com\0',
        'https://a.example.com:443',
        'https://a.example.com, https://a.example.com',
        'https://a.example.com null',
        'null',
        'https://a.example.com.example.org',
        'https://d3vexample.com',
        'https://a.d3vexample.com',
        'https://aexample.com',
        'https://a.examplexcom',
        'https://a.exampleacom',
        'https://a.example.co',
        'https://a.example.com_.example.org',
        'https://a.example.com%60.example.org',
        'https://a.example.com`.example.org',
        'https://evilexample.com',
        'https://example.com.evil.com',
        'https://a.example.com.evil.com',
        'https://evil.com/a.example.com',
        'https://evil.com/.example.com',
        'https://evil.com?.example.com',
        'https://evil.com#.example.com',
        'https://evil.com\\.example.com',
        'https://evil.com@a.example.com',
        'https://a.example.com@evil.com',
        'https://evil.com:443.example.com',
        'https://evil.com%2f.example.com',
        'https://evil.com%00.example.com',
        'https://a_b.example.com',
        'https://-a.example.com',
        'https://a-.example.com',
        'https://a.example.com.',
        'https://a.example。com',
        'https://ａ.example.com',
        'https://а.example.com',
        'https://bücher.example.com',
        ...Array.from('_-"{}+^!~`;|&\'()*,$=').map((sign) => `https://a.example.com${sign}.evil.com`),
        ...Array.from('_"{}+^!~`;|&\'()*,$=').map((sign) => `https://evil.com${sign}.example.com`),
      ],
      rules,
    );
    for (const mode of ['navigate', 'no-cors', 'websocket'])
      assert.equal(allows({ origin: 'https://a.example.com', 'sec-fetch-mode': mode }, rules), false, mode);
  });

  it('lets the nearest entry count, and the very origin before all', () => {
    const nested = rulesOf([
      'https://*.example.com',
      'https://*.b.example.com',
      'https://a.b.example.com',
      'https://*.c.b.example.com',
    ]);
    for (const [origin, entry] of [
      ['https://a.b.example.com', 'https://a.b.example.com'],
      ['https://x.b.example.com', 'https://*.b.example.com'],
      ['https://b.example.com', 'https://*.example.com'],
      ['https://c.b.example.com', 'https://*.b.example.com'],
      ['https://y.x.c.b.example.com', 'https://*.c.b.example.com'],
    ])
      assert.equal(matchOrigin(nested, origin ?? ''), entry, origin);
  });

  it('is no way in for the own machine, and the switch is none for others', () => {
    const both = rulesOf(['https://*.example.com'], 'local');
    assert.equal(matchOrigin(both, 'http://localhost:3000'), 'local');
    assert.equal(matchOrigin(both, 'https://a.example.com'), 'https://*.example.com');
    refusesAll(['http://a.example.com', 'https://example.com'], both);
  });
});

/** Without URL for the claim: takes it apart by hand, then compares scheme, labels and port one by one, from the right where there is a star. */
const slowly = (claim: string, listed: readonly string[]): boolean => {
  const parts = (text: string): readonly string[] | undefined => {
    const [scheme, rest, ...more] = text.split('://');
    if (rest === undefined || more.length > 0 || scheme !== 'https') return undefined;
    const [host = '', port, ...others] = rest.split(':');
    if (others.length > 0 || (port !== undefined && String(Number(port)) !== port) || port === '443')
      return undefined;
    const labels = host.split('.');
    if (!labels.every((label) => label !== '' && Array.from(label).every((sign) => /[a-z0-9*-]/.test(sign))))
      return undefined;
    return [scheme, ...labels, `:${port ?? ''}`];
  };
  const isBelow = (claimed: readonly string[], wanted: readonly string[]): boolean => {
    const above = wanted.slice(2);
    const own = claimed.slice(1, claimed.length - above.length);
    return (
      own.length > 0 &&
      own.every((label) => !label.includes('*') && !label.startsWith('-') && !label.endsWith('-')) &&
      above.every((part, index) => part === claimed[claimed.length - above.length + index])
    );
  };
  const claimed = parts(claim);
  return (
    claimed !== undefined &&
    listed.some((one) => {
      const wanted = parts(one);
      if (wanted?.[1] === '*') return isBelow(claimed, wanted);
      return wanted?.length === claimed.length && wanted.every((part, index) => part === claimed[index]);
    })
  );
};

const label = fc.stringMatching(/^[a-d]{1,3}$/);
const origin = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 3 }), fc.option(fc.integer({ min: 1, max: 65_535 })))
  .filter(([, port]) => port !== 443)
  .map(([labels, port]) => `https://${labels.join('.')}.example${port === null ? '' : `:${port}`}`);
const entry = fc
  .tuple(origin, fc.boolean())
  .map(([one, isStarred]) => (isStarred ? one.replace('https://', WILDCARD) : one));

const SIGNS = [
  '.',
  '/',
  '@',
  ':',
  ',',
  ' ',
  '*',
  '%',
  '\\',
  '?',
  '#',
  '_',
  '-',
  'A',
  'a',
  '\0',
  'é',
  '。',
  '443',
  'evil.com',
  'null',
  'https://',
  'http://',
];

describe('the quick check', () => {
  it('agrees with a slow one on every list and every mutation of its origins', () => {
    const mutated = fc.tuple(
      fc.array(entry, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      fc.constantFrom('', 'a.', 'a.b.', '-.', '.', '*.', 'a-b.'),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...SIGNS)), { maxLength: 3 }),
    );
    let letIn = 0;
    let letInBelow = 0;
    fc.assert(
      fc.property(mutated, ([listed, which, below, edits]) => {
        const chosen = listed[which % listed.length] ?? '';
        let claim = chosen.startsWith(WILDCARD) ? chosen.replace('*.', below) : chosen;
        for (const [at, cut, put] of edits) {
          const index = at % (claim.length + 1);
          claim = claim.slice(0, index) + put + claim.slice(index + cut);
        }
        const quick = allows({ origin: claim }, rulesOf(listed));
        if (quick) letIn += 1;
        if (quick && chosen.startsWith(WILDCARD)) letInBelow += 1;
        assert.equal(quick, slowly(claim, listed), JSON.stringify(claim));
      }),
      { numRuns: 20_000 },
    );
    assert.ok(letIn > 1000 && letInBelow > 500, `${letIn} and ${letInBelow} were let in`);
  });

  it('lets nothing through that is not exactly what a URL parser writes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.webAuthority().map((host) => `https://${host}`),
        ),
        (text) => {
          const found = canonicalOrigin(text);
          if (found !== undefined) assert.equal(new URL(text).origin, text);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
