import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { linkToken } from '../foundation/link.ts';
import { LETTER_STYLE_SOURCE, printableName, type RenderedLetter } from './letter.ts';
import {
  createLetterWriter,
  TEMPLATES,
  type ParamsOf,
  type StoredMail,
  type TemplateName,
} from './templates.ts';

const linkKey = createSecretKey(Buffer.alloc(32, 7));
const publicUrl = 'https://maps.example.com';
const write = createLetterWriter({ publicUrl, linkKey });

const EVIL = `<img src=x onerror=alert(1)> "&' evil.example/login`;
const receipt = {
  id: 'rct_01h0000000000000000000000a',
  erased: [{ store: 'audit_event', rows: 3 }],
  kept: ['backups, 30 days'],
};

/** Parameters of every template, with a hostile value wherever somebody chooses one. */
const PARAMS: { readonly [Name in TemplateName]: ParamsOf<Name> } = {
  'sign-up-confirm': {},
  'sign-up-exists': {},
  'password-reset': {},
  'password-changed': {},
  'email-change-confirm': {},
  'email-change-notice': {},
  'email-changed': {},
  'factor-added': { factor: 'passkey', name: EVIL },
  'factor-removed': { factor: 'totp', name: null },
  'recovery-code-used': { left: 0 },
  'recovery-codes-replaced': {},
  invitation: { companyName: EVIL, role: 'admin', inviterName: EVIL },
  'invitation-accepted': { companyName: EVIL, email: 'ann@example.com', role: 'viewer' },
  'key-rotated': {
    companyName: EVIL,
    projectName: EVIL,
    keyName: EVIL,
    previousEndsAt: '2026-11-23T12:00:00.000Z',
  },
  'key-exposed': {
    companyName: EVIL,
    projectName: EVIL,
    keyName: EVIL,
    how: 'reported',
    ended: 'previous-secret',
  },
  'key-reveal': { companyName: EVIL, projectName: EVIL, keyName: EVIL },
  'key-failures': {
    companyName: EVIL,
    projectName: EVIL,
    keyName: EVIL,
    publicKey: 'vs_pk_live_abcdef…wxyz',
    count: 20,
    firstAt: '2026-11-22T12:00:00.000Z',
    lastAt: '2026-11-22T12:01:00.000Z',
    untoldStreaks: 2,
    untoldFailures: 40,
  },
  'key-success-after-failures': {
    companyName: EVIL,
    projectName: EVIL,
    keyName: EVIL,
    publicKey: 'vs_pk_live_abcdef…wxyz',
    count: 20,
    succeededAt: '2026-11-22T12:01:00.000Z',
    untoldAlarms: 1,
  },
  'webhook-disabled': { companyName: EVIL, host: EVIL, description: EVIL, because: 'failing' },
  'dataset-invitation': {
    companyName: EVIL,
    datasetName: EVIL,
    inviterName: EVIL,
    right: 'modify',
    until: '2027-06-30T22:00:00.000Z',
  },
  'dataset-invitation-accepted': {
    companyName: EVIL,
    datasetName: EVIL,
    email: 'ann@example.com',
    theirCompanyName: EVIL,
    right: 'read',
  },
  'dataset-shared': {
    companyName: EVIL,
    datasetName: EVIL,
    dataset: 'dst_01h0000000000000000000000a',
    company: 'com_01h0000000000000000000000a',
    granterName: null,
    right: 'read',
    until: null,
  },
  'dataset-request': {
    datasetName: EVIL,
    dataset: 'dst_01h0000000000000000000000a',
    company: 'com_01h0000000000000000000000a',
    email: 'ann@example.com',
    name: EVIL,
    companyName: EVIL,
    right: 'modify',
  },
  'dataset-request-granted': {
    companyName: EVIL,
    datasetName: EVIL,
    dataset: 'dst_01h0000000000000000000000a',
    company: 'com_01h0000000000000000000000a',
    right: 'read',
    until: '2027-06-30T22:00:00.000Z',
  },
  'dataset-request-refused': { dataset: 'dst_01h0000000000000000000000a' },
  'member-removed': { companyName: EVIL },
  'role-changed': { companyName: EVIL, role: 'owner' },
  'usage-unusual': {
    company: 'com_01h0000000000000000000000a',
    companyName: EVIL,
    // Names in it are made printable before.
    findings: [`${printableName(EVIL)}: 41,200 requests on 22 November 2026, usually 1,900 to 2,600.`],
    further: 2,
  },
  'company-deleted': { companyName: EVIL, receipt },
  'account-deleted': { receipt, reason: 'dormant' },
  'dormant-30': { deletionDay: '2026-12-22' },
  'dormant-7': { deletionDay: '2026-12-22' },
};

const NAMES = Object.keys(TEMPLATES) as readonly TemplateName[];

const stored = (template: TemplateName, params: unknown = PARAMS[template]): StoredMail => ({
  id: 'mai_01h0000000000000000000000a',
  template,
  recipient: 'bob@example.com',
  params,
  link_purpose: TEMPLATES[template].link,
  link_id: TEMPLATES[template].link === null ? null : 'sup_01h0000000000000000000000a',
  created_at: new Date('2026-11-22T12:00:00Z'),
  expires_at: new Date('2026-11-23T12:00:00Z'),
});

const count = (text: string, part: string): number => text.split(part).length - 1;

/** Every address in a text that a mail program would make a link of. */
const addressesIn = (text: string): readonly string[] => text.match(/https?:\/\/[^\s<>"]+/g) ?? [];

const forEach = (check: (letter: RenderedLetter, name: TemplateName) => void): void => {
  for (const name of NAMES) check(write(stored(name)), name);
};

test('every template writes a letter in both forms that says why it came', () => {
  forEach(({ subject, text, html }, name) => {
    assert.ok(subject.length > 5 && subject.length < 200, name);
    assert.match(text, /\n-- \nYou get this mail because /, name);
    assert.match(html, /You get this mail because /, name);
    assert.doesNotMatch(text + html, /undefined|\[object|NaN|Invalid Date/, name);
    assert.match(html, /<html lang="en">/, name);
    assert.match(html, /name="color-scheme" content="light dark"/, name);
  });
});

test('a single-use link stands once in the text and once in the HTML, its token in the fragment, and in no other letter', () => {
  forEach(({ text, html, subject }, name) => {
    const purpose = TEMPLATES[name].link;
    const tokens = `${text}${html}`.match(/#token=[\w-]+/g) ?? [];
    if (purpose === null) {
      assert.equal(tokens.length, 0, name);
      return;
    }
    const token = linkToken(linkKey, purpose, 'sup_01h0000000000000000000000a').expose();
    const pages = {
      'sign-up': 'confirm',
      'password-reset': 'reset-password',
      'email-change': 'confirm-email',
      invitation: 'invitation',
      'key-reveal': 'reveal-key',
      'dataset-invitation': 'dataset-invitation',
    };
    const url = `${publicUrl}/dashboard/${pages[purpose]}#token=${token}`;
    assert.equal(count(text, url), 1, name);
    assert.equal(count(text, `\n${url}\n`), 1, `${name}: alone on its line`);
    assert.equal(count(html, `href="${url}"`), 1, name);
    assert.equal(count(`${subject}${text}${html}`, token), 2, name);
  });
});

test('what somebody chose is escaped in HTML and makes no link in either form', () => {
  forEach(({ text, html, subject }, name) => {
    assert.doesNotMatch(html, /<img|onerror=(?!alert)/, name);
    assert.doesNotMatch(`${subject}${text}${html}`, /evil\.example/, name);
    for (const address of [...addressesIn(text), ...addressesIn(html)])
      assert.ok(address.startsWith(`${publicUrl}/dashboard`), `${name}: ${address}`);
  });
  assert.match(write(stored('invitation')).html, /&lt;img src=x/);
});

test('a letter loads nothing and runs nothing', () => {
  forEach(({ html }, name) => {
    assert.doesNotMatch(
      html,
      /<(?:img|script|link|iframe|object|form|base)\b|url\(|@import|<[^>]*\son\w+=|<[^>]*\sstyle=/i,
      name,
    );
    assert.equal(count(html, '<style>'), 1, name);
  });
  assert.match(LETTER_STYLE_SOURCE, /^'sha256-[A-Za-z0-9+/]{43}='$/);
});

test('whoever fills in the sign-up form of a stranger cannot have us send a word of theirs', () => {
  assert.deepEqual(Object.keys(TEMPLATES['sign-up-confirm'].params.shape), []);
  assert.deepEqual(
    write(stored('sign-up-confirm', { companyName: 'mark-77' })),
    write(stored('sign-up-confirm')),
  );
});

test('no name adds a line or a header, whatever it holds', () => {
  const nasty = fc.string({ unit: 'binary', maxLength: 300 });
  const lineBreak = fc.constantFrom('\r\nBcc: x@evil.example\r\n', '\u2028', '\u0085', '\0', '\u202e', '\v');
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, lineBreak), { maxLength: 4 }), (parts) => {
      const name = printableName(parts.join(''));
      assert.doesNotMatch(name, /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      assert.doesNotMatch(name, /\w[.:/@]\w/);
      assert.ok(name.length <= 400);
      const { subject, text } = write(stored('member-removed', { companyName: parts.join('') }));
      assert.doesNotMatch(subject, /[\r\n]/);
      assert.equal(
        count(text, '\n'),
        count(write(stored('member-removed', { companyName: 'A' })).text, '\n'),
      );
    }),
  );
});

test('a mail of another version is refused instead of half written', () => {
  assert.throws(() => write({ ...stored('invitation'), template: 'toString' }), /unknown template/);
  assert.throws(() => write({ ...stored('invitation'), params: {} }));
  assert.throws(() => write({ ...stored('invitation'), link_id: null }), /lacks its link/);
  assert.throws(() => write({ ...stored('invitation'), link_purpose: 'sign-up' }), /lacks its link/);
});
