import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ConfigError, readConfig, VARIABLES } from './config.ts';

describe('the configuration', () => {
  it('needs nothing', () => {
    const config = readConfig({}, '/srv');
    assert.equal(config.dataDir, '/srv/data');
    assert.equal(config.publicUrl, 'https://localhost:8443');
    assert.equal(config.databaseUrl, null);
    assert.ok(config.workers >= 1);
    assert.ok(Object.isFrozen(config));
  });

  it('takes every variable', () => {
    const examples = Object.fromEntries(VARIABLES.map(({ name, example }) => [name, example]));
    const config = readConfig(examples, '/srv');
    assert.equal(config.port, 443);
    assert.equal(config.publicUrl, 'https://api.example.com');
    assert.equal(config.workers, 4);
    assert.equal(readConfig({ HTTP_PORT: 'off' }).httpPort, null);
    assert.deepEqual(config.trustedProxies, ['10.0.0.7/32', 'fd00:7::/64']);
    assert.deepEqual(readConfig({}).trustedProxies, []);
    assert.equal(config.geocodingTestKeys, false);
    assert.equal(readConfig({}).geocodingTestKeys, true);
    assert.equal(readConfig({ DATABASE_URL: 'postgres://db.example/v' }).geocodingTestKeys, false);
    assert.equal(readConfig({ PORT: ' ' }).port, 8443);
    assert.equal(readConfig({ PUBLIC_URL: 'https://a.example/' }).publicUrl, 'https://a.example');
  });

  it('refuses each wrong value with one sentence: the variable, the form, an example, never the value', () => {
    const wrong: Record<string, string[]> = {
      DATA_DIR: ['a\0b'],
      PORT: ['http', '-1', '65536', '8443.5', '1e3', '٣'],
      HTTP_PORT: ['no', '99999'],
      ADMIN_PORT: ['x'],
      DATABASE_URL: ['mysql://wrong@host/db', 'wrong', '/wrong'],
      VALKEY_URL: [
        'wrong',
        'https://wrong.example',
        'redis://wrong.example',
        'valkey://:secret@wrong.example/1',
        'valkeys://wrong.example/one',
        'rediss://wrong.example/99999',
        'rediss://user@wrong.example',
        'rediss://:%ff@wrong.example',
        'rediss://wrong.example?x=1',
      ],
      TLS_CERT: ['wrong.pem'],
      TLS_KEY: ['wrong.pem'],
      PUBLIC_URL: [
        'http://wrong.example',
        'wrong.example',
        'https://wrong.example/path',
        'https://WRONG.example:443',
      ],
      WORKERS: ['0', '257', 'all', '1.5'],
      LOG_LEVEL: ['wrong', 'INFO'],
      SECURITY_CONTACT: ['wrong', 'tel:wrong'],
      SMTP_URL: [
        'wrong',
        'https://wrong.example',
        'smtp://user@wrong.example',
        'smtp://wrong.example/path',
        'smtps://wrong.example?x=1',
        'smtp://%ff:x@wrong.example',
      ],
      MAIL_FROM: [
        'wrong',
        'wrong@',
        'Wrong <wrong',
        'a@wrong.example\r\nBcc: b@wrong.example',
        'a@b <wrong>',
      ],
      WEBHOOK_NETWORKS: [
        'wrong',
        '10.0.0.0/33',
        '10.0.0.1/8',
        '10.0.0.0/8;wrong',
        '10.0.0.0/8,',
        'fd00::/129',
        '::ffff:10.0.0.0/104',
        Array.from({ length: 101 }, (_, index) => `10.0.${index}.0/24`).join(','),
      ],
      TRUSTED_PROXIES: ['wrong', '10.0.0.1/8', '0.0.0.0/0', '::/0', '10.0.0.0/8,', 'loopback', '*'],
      GEOCODING_TEST_KEYS: ['wrong', 'ON', '1', 'true'],
    };
    assert.deepEqual(Object.keys(wrong).sort(), VARIABLES.map(({ name }) => name).sort());
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        assert.throws(
          () => readConfig({ [name]: value }),
          (error) => {
            assert.ok(error instanceof ConfigError, `${name}=${value}`);
            assert.match(
              error.message,
              new RegExp(`^(${name}|TLS_CERT|TLS_KEY) must be .+, for example [A-Z_]+=\\S+$`),
            );
            assert.ok(!error.message.toLowerCase().includes('wrong'), error.message);
            return true;
          },
          `${name}=${value}`,
        );
      }
    }
  });

  it('is documented in one table in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const documented = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    assert.deepEqual(
      documented,
      VARIABLES.map(({ name }) => name),
    );
  });
});
