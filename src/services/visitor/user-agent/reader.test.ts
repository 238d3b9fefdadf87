import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isbot } from 'isbot';
import { createUserAgentReader, type UserAgentReader } from './reader.ts';
import { loadUserAgentRules } from './rules.ts';

const rules = loadUserAgentRules();
const open = (context: TestContext, forgetEvery = 3_600_000): UserAgentReader => {
  const reader = createUserAgentReader(rules, {
    key: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    forgetEvery,
    sets: 64,
  });
  context.after(reader.close);
  return reader;
};

const PHONE =
  'Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.5845.163 Mobile Safari/537.36';

describe('reading a user agent', () => {
  it('tells browser, system and device', (context) => {
    assert.deepEqual(open(context).read(PHONE), {
      browser: { family: 'Chrome Mobile', version: '116.0.5845' },
      os: { family: 'Android', version: '13' },
      device: { family: 'Samsung SM-S918B', brand: 'Samsung', model: 'SM-S918B' },
      deviceType: 'mobile',
      bot: undefined,
    });
  });

  it('remembers no name that is longer than names of things are, and tells it all the same', (context) => {
    const reader = open(context);
    const phoneOf = (model: string): string =>
      `Mozilla/5.0 (Linux; Android 13; ${model}) AppleWebKit/537.36 Chrome/116.0.5845.163 Mobile Safari/537.36`;
    const short = 'x'.repeat(32);
    assert.equal(reader.read(phoneOf(short)).device.model, short);
    assert.equal(reader.remembered(), 1);
    const long = `Phone of Jane Doe ${'x'.repeat(30)}`;
    assert.equal(reader.read(phoneOf(long)).device.model, long);
    assert.equal(reader.remembered(), 1);
  });

  it('says that it does not know', (context) => {
    assert.deepEqual(open(context).read(''), {
      browser: { family: 'Other', version: '' },
      os: { family: 'Other', version: '' },
      device: { family: 'Other', brand: '', model: '' },
      deviceType: 'other',
      bot: undefined,
    });
  });

  it('names robots and says what they are for', (context) => {
    const reader = open(context);
    const botOf = (text: string): unknown => reader.read(text).bot;
    assert.deepEqual(botOf('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'), {
      name: 'Googlebot',
      category: 'search-engine',
    });
    assert.deepEqual(
      botOf(
        'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
      ),
      { name: 'GPTBot', category: 'ai-crawler' },
    );
    assert.deepEqual(botOf('curl/8.5.0'), { name: 'curl', category: 'http-library' });
    assert.deepEqual(botOf('NobodyKnowsBot/1.0 (+https://example.test/bot)'), {
      name: 'NobodyKnowsBot',
      category: 'other',
    });
    assert.equal(reader.read('curl/8.5.0').deviceType, 'bot');
  });

  it('calls a robot what isbot calls one', (context) => {
    const reader = open(context);
    for (const text of ['', 'x', PHONE, 'python-requests/2.31.0', 'WhatsApp/2.23', 'Mozilla/5.0 CUBOT X30']) {
      assert.equal(reader.read(text).bot !== undefined, isbot(text), text);
    }
  });

  it('looks at 512 characters and no more', (context) => {
    const reader = open(context);
    const long = `${PHONE}${' '.repeat(512 - PHONE.length)}Googlebot/2.1`;
    assert.equal(reader.read(long).bot, undefined);
    assert.equal(reader.read(`${PHONE} Googlebot/2.1`).bot?.name, 'Googlebot');
    assert.equal(reader.read('x'.repeat(100_000)), reader.read('x'.repeat(512)), 'remembered as one');
  });
});

describe('what is remembered of user agents', () => {
  it('is the result, and is used again', (context) => {
    const reader = open(context);
    assert.equal(reader.read(PHONE), reader.read(PHONE));
    assert.equal(reader.remembered(), 1);
    reader.forget();
    assert.equal(reader.remembered(), 0);
  });

  it('is forgotten by the clock', async (context) => {
    const reader = open(context, 1);
    reader.read(PHONE);
    while (reader.remembered() > 0) await nextTurn();
    assert.equal(reader.read(PHONE).os.family, 'Android');
  });

  it('leaves the engine nothing of the text that it matched last', (context) => {
    open(context).read(PHONE);
    assert.equal((RegExp as unknown as { input: string }).input, '');
  });
});
