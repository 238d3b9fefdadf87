import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProgressLine } from './gazetteer-progress.ts';

const stage = (
  isTTY: boolean,
): { written: string[]; time: { now: number }; line: ReturnType<typeof createProgressLine> } => {
  const written: string[] = [];
  const time = { now: 0 };
  const stream = { isTTY, columns: 30, write: (text: string) => written.push(text) };
  const line = createProgressLine(stream, { now: () => time.now, monotonic: () => time.now });
  return { written, time, line };
};

describe('progress', () => {
  it('is a line for each tenth where nobody watches', () => {
    const { written, line } = stage(false);
    for (let share = 0; share <= 1; share += 0.001) line.report('reading', share);
    line.report('reading', 0.5);
    line.report('done', 1);
    assert.equal(written.length, 11);
    assert.equal(written[3], '30 %  reading\n');
    assert.equal(written.at(-1), '100 %  done\n');
    assert.ok(written.every((text) => !text.includes('\u001B') && !text.includes('\r')));
  });

  it('is one line on a terminal, within its width, and not drawn more than ten times a second', () => {
    const { written, time, line } = stage(true);
    for (let step = 0; step < 1000; step++) {
      time.now += 1;
      line.report('a stage whose name is longer than the terminal is wide', step / 1000);
    }
    assert.ok(written.length >= 9 && written.length <= 11, String(written.length));
    for (const text of written) {
      assert.ok(text.startsWith('\r\u001B[2K'));
      assert.ok(text.length - '\r\u001B[2K'.length < 30);
    }
    line.say('done');
    assert.deepEqual(written.slice(-2), ['\r\u001B[2K', 'done\n']);
  });

  it('never shows more than everything or less than nothing', () => {
    const { written, line } = stage(false);
    line.report('a', -1);
    line.report('b', 7);
    assert.deepEqual(written, ['0 %  a\n', '100 %  b\n']);
  });
});
