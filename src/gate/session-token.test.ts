import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { newId } from '../foundation/ids.ts';
import { randomSecretBytes } from '../foundation/secret.ts';
import { checkClaims, sessionClaimsOf, ticketOf, type SessionTicket } from './claims.ts';
import {
  LONGEST_TOKEN,
  openToken,
  sealToken,
  TOKEN_KINDS,
  tokenKeyOf,
  type TokenKey,
  type TokenKind,
} from './session-token.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const key = tokenKeyOf('key-one-0', randomSecretBytes(32), NOW);
const find = (id: string): TokenKey | undefined => (id === key.id ? key : undefined);
const ticket: SessionTicket = {
  session: newId('ses', NOW),
  user: newId('usr', NOW),
  credentialEpoch: 3,
  proofs: ['pwd', 'otp'],
  provenAt: NOW,
  startedAt: NOW,
};
const claims = sessionClaimsOf(ticket, NOW);
const token = sealToken('session', key, claims);

const encode = (text: string | Uint8Array): string => Buffer.from(text as string).toString('base64url');
const headerText = (kind: TokenKind, id = key.id): string =>
  `{"alg":"dir","enc":"A256GCM","kid":"${id}","typ":"${kind}+jwt"}`;

/** A token with any header and payload that is rightly encrypted, as only whoever has the key can make one. */
const craft = (
  header: string,
  payload: string | Uint8Array,
  kind: TokenKind = 'session',
  with_ = key,
): string => {
  const iv = randomSecretBytes(12);
  const cipher = createCipheriv('aes-256-gcm', with_.keys[kind], iv);
  const encoded = encode(header);
  cipher.setAAD(Buffer.from(encoded));
  const text = Buffer.concat([cipher.update(payload as string), cipher.final()]);
  return [encoded, '', encode(iv), encode(text), encode(cipher.getAuthTag())].join('.');
};

const reasonOf = (text: string, kind: TokenKind = 'session'): string => {
  const opened = openToken(kind, text, find);
  return opened.ok ? 'opened' : opened.reason;
};

describe('tokens', () => {
  it('come back as they were made, and differ each time', () => {
    assert.deepEqual(openToken('session', token, find), { ok: true, value: claims });
    assert.notEqual(sealToken('session', key, claims), token);
    assert.ok(token.length < 600, `${token.length} characters`);
  });

  it('are read by an independent implementation', async () => {
    for (const kind of TOKEN_KINDS) {
      const { payload, protectedHeader } = await jwtDecrypt(sealToken(kind, key, claims), key.keys[kind], {
        currentDate: new Date(NOW),
        contentEncryptionAlgorithms: ['A256GCM'],
        keyManagementAlgorithms: ['dir'],
        typ: `${kind}+jwt`,
      });
      assert.deepEqual(payload, claims);
      assert.deepEqual(protectedHeader, JSON.parse(headerText(kind)));
    }
  });

  it('are read from an independent implementation', async () => {
    const theirs = await new EncryptJWT({ ...claims })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.id, typ: 'session+jwt' })
      .encrypt(key.keys.session);
    const opened = openToken('session', theirs, find);
    assert.ok(opened.ok);
    const checked = checkClaims('session', opened.value, NOW);
    assert.ok(checked.ok);
    assert.deepEqual(ticketOf(checked.value), ticket);
  });

  it('show nothing of what they hold', () => {
    const seen = token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      .join(' ');
    for (const secret of [ticket.user, ticket.session, 'otp']) assert.ok(!seen.includes(secret));
  });
});

describe('a token that was tampered with', () => {
  it('is refused when cut short at any place', () => {
    for (let length = 0; length < token.length; length += 1)
      assert.notEqual(reasonOf(token.slice(0, length)), 'opened', String(length));
  });

  it('is refused with any bit of any part flipped', () => {
    const parts = token.split('.');
    fc.assert(
      fc.property(fc.constantFrom(0, 2, 3, 4), fc.nat(10_000), (part, bit) => {
        const bytes = Buffer.from(parts[part]!, 'base64url');
        const place = bit % (bytes.length * 8);
        bytes[place >> 3]! ^= 1 << (place & 7);
        return reasonOf(parts.with(part, encode(bytes)).join('.')) !== 'opened';
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused with any character changed, added or taken away', () => {
    fc.assert(
      fc.property(
        fc.nat(token.length),
        fc.constantFrom('A', 'Q', '=', '.', '+', '/', ' ', '\n', 'é', ''),
        (at, text) => {
          const added = token.slice(0, at) + text + token.slice(at);
          const changed = token.slice(0, at) + text + token.slice(at + 1);
          return [added, changed].every((other) => other === token || reasonOf(other) !== 'opened');
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is refused in another spelling of the same bytes', () => {
    const parts = token.split('.');
    for (const part of [0, 2, 3, 4]) {
      const text = parts[part]!;
      assert.equal(reasonOf(parts.with(part, `${text}=`).join('.')), 'malformed');
      assert.equal(reasonOf(parts.with(part, ` ${text}`).join('.')), 'malformed');
    }
    // 16 bytes leave four bits of the last character unused.
    const tag = parts[4]!;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(tag.at(-1)!);
    const respelled = parts.with(4, tag.slice(0, -1) + alphabet[last ^ 1]!).join('.');
    assert.equal(reasonOf(respelled), 'malformed');
  });

  it('is refused when put together from two good ones', () => {
    const other = sealToken('session', key, claims).split('.');
    const parts = token.split('.');
    for (const part of [2, 3, 4]) assert.equal(reasonOf(parts.with(part, other[part]!).join('.')), 'forged');
  });
});

describe('a token for something else', () => {
  it('is refused, whichever kind it is and whatever its header says', () => {
    for (const made of TOKEN_KINDS) {
      for (const wanted of TOKEN_KINDS) {
        const sealed = sealToken(made, key, claims);
        assert.equal(
          reasonOf(sealed, wanted),
          made === wanted ? 'opened' : 'malformed',
          `${made} as ${wanted}`,
        );
        // With the type forged, by one who knows the key of the other kind.
        const forged = craft(headerText(wanted), JSON.stringify(claims), made);
        assert.equal(
          reasonOf(forged, wanted),
          made === wanted ? 'opened' : 'forged',
          `${made} said to be ${wanted}`,
        );
      }
    }
  });

  it('is refused under a key that is not in the ring, or is another one of the same name', () => {
    const secret = randomSecretBytes(32);
    const stranger = tokenKeyOf('key-two-0', secret, NOW);
    const impostor = tokenKeyOf(key.id, secret, NOW);
    assert.equal(reasonOf(sealToken('session', stranger, claims)), 'unknown-key');
    assert.equal(reasonOf(sealToken('session', impostor, claims)), 'forged');
  });
});

describe('a header', () => {
  const payload = JSON.stringify(claims);

  it('decides nothing: any but the one that we write is refused, though rightly encrypted', () => {
    const right = headerText('session');
    assert.equal(reasonOf(craft(right, payload)), 'opened');
    for (const header of [
      right.replace('"dir"', '"none"'),
      right.replace('"dir"', '"A256KW"'),
      right.replace('"dir"', '"PBES2-HS256+A128KW"'),
      right.replace('"A256GCM"', '"A128GCM"'),
      right.replace('"A256GCM"', '"A256CBC-HS512"'),
      right.replace('}', ',"zip":"DEF"}'),
      right.replace('}', ',"crit":["exp"]}'),
      right.replace('}', ',"crit":[]}'),
      right.replace('}', ',"p2c":2147483647}'),
      right.replace('}', ',"jku":"https://evil.example"}'),
      right.replace('{', '{"alg":"none",'),
      right.replace('}', ',"typ":"pending+jwt"}'),
      right.replace('"kid":"', '"kid":"../'),
      right.replace('"kid":"', '"kid":["').replace('","typ', '"],"typ'),
      right.replace('"kid":"key-one-0",', ''),
      right.replaceAll(',', ', '),
      `${right} `,
      `\u{FEFF}${right}`,
      right.replace('session+jwt', 'SESSION+JWT'),
      right.replace('session+jwt', 'application/session+jwt'),
      '{}',
      'null',
      '',
    ]) {
      assert.equal(reasonOf(craft(header, payload)), 'malformed', header);
    }
  });

  it('cannot ask for decompression', () => {
    const zipped = deflateRawSync(payload);
    assert.equal(reasonOf(craft(headerText('session'), zipped)), 'forged');
  });
});

describe('a token of another form', () => {
  it('is refused before anything is decrypted', () => {
    const [header, , iv, text, tag] = token.split('.') as [string, string, string, string, string];
    for (const other of [
      '',
      '.',
      '....',
      [header, iv, text, tag].join('.'),
      [header, 'AAAA', iv, text, tag].join('.'),
      [header, '', encode(randomSecretBytes(16)), text, tag].join('.'),
      [header, '', '', text, tag].join('.'),
      [header, '', iv, text, encode(randomSecretBytes(12))].join('.'),
      [header, '', iv, text, ''].join('.'),
      `${token}.`,
      `${header}.${text}.${tag}`,
      JSON.stringify({ protected: header, iv, ciphertext: text, tag }),
    ]) {
      assert.equal(reasonOf(other), 'malformed', other);
    }
  });

  it('is refused when longer than any of ours, though rightly encrypted', () => {
    const long = craft(headerText('session'), JSON.stringify({ ...claims, pad: 'x'.repeat(LONGEST_TOKEN) }));
    assert.equal(reasonOf(long), 'malformed');
  });

  it('is refused without throwing, whatever it is', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => reasonOf(text) === 'malformed'));
    fc.assert(
      fc.property(fc.array(fc.base64String(), { minLength: 5, maxLength: 5 }), (parts) =>
        ['malformed', 'unknown-key'].includes(reasonOf(parts.join('.'))),
      ),
    );
  });
});
