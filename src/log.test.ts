import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Opaque } from './foundation/opaque.ts';
import { Secret } from './foundation/secret.ts';
import { createLog } from './log.ts';

const linesOf = (write: (log: ReturnType<typeof createLog>) => void): string => {
  let text = '';
  write(createLog('debug', { write: (line) => void (text += line) }));
  return text;
};

describe('the log', () => {
  it('writes the fields it knows and drops all others', () => {
    const fields = { operation: 'a.b', status: 200, query: 'MARK', headers: { cookie: 'MARK' } };
    const text = linesOf((log) => log.info('hello', fields));
    assert.match(text, /"operation":"a.b"/);
    assert.ok(!text.includes('MARK'));
  });

  it('tells where a bug happened without quoting its message', () => {
    const text = linesOf((log) => log.error('a bug', { error: new TypeError('cannot read MARK') }));
    assert.ok(!text.includes('MARK'), text);
    assert.match(text, /"type":"TypeError"/);
    assert.match(text, /log\.test\.ts/);
  });

  it('shows nothing of an error whose stack or code quotes input', () => {
    const error = Object.assign(new Error('x\n    at MARK (file.js:1:1)\nMARK'), {
      code: 'MARK is not a code',
      detail: 'MARK',
    });
    assert.ok(!linesOf((log) => log.error('a bug', { error })).includes('MARK'));
  });
});

describe('what must not leave memory', () => {
  it('prints as [redacted] however it is printed', () => {
    for (const value of [new Opaque('MARK'), new Secret('MARK'), new Opaque({ deep: 'MARK' })]) {
      const prints = [
        String(value),
        JSON.stringify({ value }),
        inspect(value, { depth: 9, showHidden: true }),
        inspect({ value }),
      ];
      for (const print of prints) {
        assert.ok(!print.includes('MARK'), print);
        assert.ok(print.includes('[redacted]'), print);
      }
    }
  });
});
