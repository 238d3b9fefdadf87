import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { withClientHints, type ClientHints } from './client-hints.ts';
import { createUserAgentReader, type UserAgentFacts } from './reader.ts';
import { loadUserAgentRules } from './rules.ts';

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0';
const ANDROID = `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`;
const WINDOWS = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`;
const MAC = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME} Safari/537.36`;

describe('client hints', () => {
  const reader = createUserAgentReader(loadUserAgentRules(), {
    key: Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1),
    forgetEvery: 3_600_000,
  });
  after(reader.close);
  const read = (text: string, hints: ClientHints): UserAgentFacts =>
    withClientHints(reader.read(text), hints, reader.read);

  it('tell the whole version of the browser', () => {
    const versions =
      '"Chromium";v="141.0.7390.97", "Google Chrome";v="141.0.7390.97", "Not?A_Brand";v="8.0.0.0"';
    assert.equal(read(WINDOWS, { versions }).browser.version, '141.0.7390.97');
    assert.equal(read(WINDOWS, { versions: '"Google Chrome";v="99.0.1.2"' }).browser.version, '141.0.0');
  });

  it('tell Windows 11 from Windows 10', () => {
    const version = (platformVersion: string): string =>
      read(WINDOWS, { platform: '"Windows"', platformVersion }).os.version;
    assert.equal(version('"15.0.0"'), '11');
    assert.equal(version('"10.0.0"'), '10');
    assert.equal(version('"0.3.0"'), '10');
    assert.equal(version('"nonsense"'), '10');
  });

  it('tell the versions that macOS and Android no longer tell themselves', () => {
    assert.equal(read(MAC, { platform: '"macOS"', platformVersion: '"15.6.1"' }).os.version, '15.6.1');
    assert.equal(read(ANDROID, { platform: '"Android"', platformVersion: '"16.0.0"' }).os.version, '16');
  });

  it('tell the model of a handset, and with it the brand', () => {
    assert.deepEqual(read(ANDROID, { model: '"SM-S918B"' }).device, {
      family: 'Samsung SM-S918B',
      brand: 'Samsung',
      model: 'SM-S918B',
    });
    assert.deepEqual(read(WINDOWS, { model: '"SM-S918B"' }).device, reader.read(WINDOWS).device);
  });

  it('tell what form a device has', () => {
    assert.equal(read(ANDROID, { formFactors: '"Tablet"' }).deviceType, 'tablet');
    assert.equal(read(ANDROID, { formFactors: '"Foldable", "Mobile"' }).deviceType, 'mobile');
  });

  it('are not believed against the user agent, nor of a robot', () => {
    assert.equal(read(MAC, { platform: '"Windows"', platformVersion: '"15.0.0"' }).os.version, '10.15.7');
    const robot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
    assert.deepEqual(read(robot, { formFactors: '"Mobile"' }), reader.read(robot));
  });

  it('leave the facts as they are when they are malformed or too long', () => {
    const facts = reader.read(ANDROID);
    assert.deepEqual(
      read(ANDROID, { model: `"${'x'.repeat(600)}"`, platform: 'Android', versions: '141.9.9.9' }),
      facts,
    );
    const field = fc.option(
      fc.string({ unit: fc.constantFrom('"', '\\', ';', 'v', '=', '?', ',', 'é', '\n') }),
      {
        nil: undefined,
      },
    );
    const hints = fc.record({
      versions: field,
      platform: field,
      platformVersion: field,
      model: field,
      formFactors: field,
    });
    fc.assert(
      fc.property(hints, (some) => {
        const { browser, os, deviceType } = read(ANDROID, some);
        assert.deepEqual(
          { browser, os, deviceType },
          { browser: facts.browser, os: facts.os, deviceType: facts.deviceType },
        );
      }),
    );
  });
});
