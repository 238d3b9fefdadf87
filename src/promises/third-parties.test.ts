import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckResult } from '../foundation/promise.ts';
import { faultOfPolicy, fetchedBy, noThirdParties } from './third-parties.ts';

const ORIGIN = 'https://api.example.com';
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'";
const PAGE = `<!doctype html><html lang="en"><head><link rel="stylesheet" href="/site.css"></head>
<body><a href="https://elsewhere.example/">a link that a person may follow</a><img src="/mark.svg" alt=""></body></html>`;

interface Place {
  readonly page?: string;
  readonly css?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const check = ({
  page = PAGE,
  css = 'body { background: url("/paper.png") }',
  headers = {},
}: Place): Promise<CheckResult> =>
  noThirdParties({
    origin: ORIGIN,
    pages: ['/'],
    fetch: async (path) =>
      path === '/'
        ? { status: 200, headers: { 'content-security-policy': POLICY, ...headers }, body: page }
        : { status: path === '/site.css' ? 200 : 404, headers: {}, body: css },
  }).check();

const withMarkup = (markup: string): string => PAGE.replace('<body>', `<body>${markup}`);

describe('the promise of no third parties', () => {
  it('is kept by pages of our own, with links that go elsewhere', async () => {
    const { state, evidence } = await check({});
    assert.equal(state, 'kept', evidence);
  });

  const violations = [
    '<script src="https://cdn.example/x.js"></script>',
    "<SCRIPT SRC='//cdn.example/x.js'></SCRIPT>",
    '<script src=https:&#x2F;&#x2F;cdn.example/x.js></script>',
    '<img alt="" srcset="/a.png 1x, https://cdn.example/b.png 2x">',
    '<link rel="preconnect" href="https://fonts.example">',
    '<form action="https://collector.example/"><button>Send</button></form>',
    '<iframe src="https://video.example/"></iframe>',
    '<a href="/" ping="https://count.example/">home</a>',
    '<base href="https://cdn.example/">',
    '<meta http-equiv="refresh" content="5; url=https://elsewhere.example/">',
    '<p style="background: url(https://cdn.example/x.png)">text</p>',
    '<style>@import "https://cdn.example/x.css";</style>',
    '<svg><use xlink:href="https://cdn.example/x.svg#a"></use></svg>',
    '<img src="http://api.example.com/x.png" alt="the same host in clear">',
  ];
  for (const markup of violations) {
    it(`is broken by ${markup}`, async () => {
      assert.equal((await check({ page: withMarkup(markup) })).state, 'broken');
    });
  }

  it('is broken by a style sheet that loads from elsewhere', async () => {
    assert.equal(
      (await check({ css: "@font-face { src: url('https://fonts.example/x.woff2') }" })).state,
      'broken',
    );
  });

  it('is broken by a Link header that loads from elsewhere', async () => {
    assert.equal(
      (await check({ headers: { link: '<https://cdn.example/x.js>; rel=preload' } })).state,
      'broken',
    );
  });

  it('is broken by a page without a policy', async () => {
    assert.equal((await check({ headers: { 'content-security-policy': '' } })).state, 'broken');
  });

  it('cannot be checked while a page or a style sheet is missing', async () => {
    await assert.rejects(check({ page: PAGE.replace('/site.css', '/gone.css') }));
  });
});

describe('a content security policy', () => {
  it('is accepted where it names this server alone', () => {
    for (const policy of [
      POLICY,
      `default-src 'self' ${ORIGIN}`,
      "default-src 'self' 'nonce-abc='; sandbox allow-scripts",
    ]) {
      assert.equal(faultOfPolicy(policy, ORIGIN), undefined, policy);
    }
  });

  it('is refused where it lets anything else in, or has no default', () => {
    const sources = ['*', 'https:', 'http://api.example.com', 'https://cdn.example', '*.example.com', 'ws:'];
    for (const source of sources)
      assert.notEqual(faultOfPolicy(`default-src 'self'; img-src ${source}`, ORIGIN), undefined, source);
    assert.notEqual(faultOfPolicy("script-src 'none'", ORIGIN), undefined);
  });
});

describe('what a page fetches', () => {
  it('is found with its style sheets', () => {
    const { all, styles } = fetchedBy(PAGE);
    assert.deepEqual([...all].sort(), ['/mark.svg', '/site.css']);
    assert.deepEqual(styles, ['/site.css']);
  });
});
