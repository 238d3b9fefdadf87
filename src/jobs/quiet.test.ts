import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLog } from '../../test/support/log.ts';
import { quietConsole } from './quiet.ts';

test('what a library prints is told once a minute, never shown, and the console is put back', () => {
  const printed: unknown[] = [];
  const { trace } = console;
  console.trace = (...words) => void printed.push(words);
  try {
    const log = recordingLog();
    let now = 0;
    const restore = quietConsole(log, () => now);
    console.trace(new Error('mark-7d <ann@example.com>'));
    console.error('mark-7d');
    assert.equal(log.messages.length, 1);
    now = 60_000;
    console.warn('mark-7d');
    assert.equal(log.messages.length, 2);
    assert.doesNotMatch(JSON.stringify(log.messages), /mark-7d|ann@/);
    assert.deepEqual(printed, []);
    restore();
    console.trace('again');
    assert.deepEqual(printed, [['again']]);
  } finally {
    console.trace = trace;
  }
});
