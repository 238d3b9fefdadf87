import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { elementAt, parseXml } from '../../../test/support/xml.ts';
import { escapeXml, writeXml } from './xml.ts';

test('writes the tree of the contract', () => {
  const envelope = {
    licenses: [{ name: 'see', url: 'https://geo.example/credits' }],
    results: [
      {
        components: { 'ISO_3166-2': ['GB-ENG', 'GB-SWK'], _type: 'city' },
        geometry: { lat: 1.5, lng: -0.07 },
      },
      { components: { _type: 'town' }, geometry: { lat: 2, lng: 3 } },
    ],
    total_results: 2,
  };
  const expected =
    '<?xml version="1.0" encoding="UTF-8"?>\n<response>' +
    '<licenses><license><name>see</name><url>https://geo.example/credits</url></license></licenses>' +
    '<results><result><components><ISO_3166-2>GB-ENG</ISO_3166-2><ISO_3166-2>GB-SWK</ISO_3166-2>' +
    '<_type>city</_type></components><geometry><lat>1.5</lat><lng>-0.07</lng></geometry></result>' +
    '<result><components><_type>town</_type></components><geometry><lat>2</lat><lng>3</lng></geometry></result>' +
    '</results><total_results>2</total_results></response>\n';
  assert.equal(writeXml('response', envelope, false), expected);
  const pretty = writeXml('response', envelope, true);
  assert.match(pretty, /\n {2}<results>\n {4}<result>\n {6}<components>\n/);
  assert.equal(pretty.replaceAll(/\n */g, ''), expected.replaceAll('\n', ''));
});

test('writes empty lists, names that XML has no place for, and what is left out', () => {
  const written = writeXml(
    'response',
    { results: [], alternate_symbols: [], 'UN/LOCODE': 'DEMUN', '1a': true, none: undefined, nothing: null },
    false,
  );
  assert.ok(
    written.endsWith(
      '<response><results></results><alternate_symbols></alternate_symbols><UN_LOCODE>DEMUN</UN_LOCODE>' +
        '<_1a>true</_1a><nothing></nothing></response>\n',
    ),
    written,
  );
});

test('escapes markup and replaces what XML 1.0 forbids', () => {
  assert.equal(
    escapeXml(`<a href="x">'&'</a>]]>`),
    '&lt;a href=&quot;x&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;]]&gt;',
  );
  assert.equal(escapeXml('a\u0000b\u000Bc\uFFFEd\uFFFFe\uD800f'), 'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf');
  assert.equal(escapeXml('tab\tline\nreturn\r💥'), 'tab\tline\nreturn&#13;💥');
});

test('is well-formed and says the same again, whatever the text and the names', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('<', ']]>', '&amp;', '\r\n', '\uD800'),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), text, fc.boolean(), (name, value, pretty) => {
      const root = parseXml(writeXml('response', { [name]: value, results: [{ formatted: value }] }, pretty));
      const shown = value
        .toWellFormed()
        .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
      assert.equal(elementAt(root, 'results', 'result', 'formatted')?.text, shown);
    }),
    { numRuns: 2_000 },
  );
});
