import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { html, type Fragment } from './html.ts';

/** Undoes the escapes that `html` makes, and no others. */
const unescape = (markup: string): string =>
  markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</textarea></title><svg onload=alert(1)>',
  '&lt;already escaped&gt;',
  '\u0000<\u2028>',
];

/** Under another name the formatter leaves the templates as they are written, the wrong ones included. */
const markup = html;

describe('html', () => {
  for (const text of hostile) {
    it(`lets nothing out of a text or an attribute: ${JSON.stringify(text)}`, () => {
      const page = markup`<p title="${text}">${text}</p>`.toString();
      assert.equal(page.split('<').length, 3, 'the paragraph opens and closes, nothing else does');
      assert.equal(page.split('"').length, 3, 'the attribute keeps its two quotes');
    });
  }

  it('gives every text back when it is read as HTML again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = markup`${text}`.toString();
        assert.doesNotMatch(escaped, /[<>"']/);
        assert.equal(unescape(escaped), text);
      }),
    );
  });

  it('leaves markup of its own as it is, alone and in lists', () => {
    const item = markup`<li>${'a & b'}</li>`;
    assert.equal(
      markup`<ul>${[item, item]}</ul>`.toString(),
      '<ul><li>a &amp; b</li><li>a &amp; b</li></ul>',
    );
  });

  it('writes numbers, and nothing for undefined', () => {
    assert.equal(markup`${0}|${undefined}|`.toString(), '0||');
  });

  it('takes no look-alike for markup', () => {
    const lookAlike = { toString: () => '<b>', '#markup': '<b>' } as unknown as Fragment;
    assert.equal(markup`${lookAlike}`.toString(), '&lt;b&gt;');
    assert.equal(markup`${['<b>'] as unknown as Fragment}`.toString(), '&lt;b&gt;');
  });

  it('refuses links that could run code or leave for a host of the text’s choosing', () => {
    const links = [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      'https://example.org/\nx',
      'evil',
      '',
    ];
    for (const link of links) assert.throws(() => markup`<a href="${link}">x</a>`, TypeError, link);
  });

  it('accepts links to the web, to mail, into this host and into this page', () => {
    for (const link of ['https://example.org/?a=1&b=2', 'mailto:a@example.org', '/docs', '#kinds']) {
      assert.equal(unescape(markup`<a href="${link}">x</a>`.toString()), `<a href="${link}">x</a>`);
    }
  });

  it('refuses a value in an attribute without double quotes', () => {
    assert.throws(() => markup`<p title=${'x'}></p>`, TypeError);
    assert.throws(() => markup`<p title='${'x'}'></p>`, TypeError);
  });
});
