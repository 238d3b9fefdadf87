import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Config } from '../config.ts';
import { UsageError } from './command.ts';
import { visitorCommand } from './visitor.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-words-'));
after(() => rmSync(folder, { recursive: true }));

const dataDir = join(folder, 'data');
// Nothing else of the configuration is asked for.
const config = { dataDir } as Config;
const run = (...words: string[]): Promise<number> =>
  visitorCommand.run(words, { config, say: () => undefined });

describe('the words of visitor', () => {
  it('are refused with what it takes, before anything is done', async () => {
    const cases: readonly [readonly string[], RegExp][] = [
      [[], /import, list or remove/],
      [['fetch'], /import, list or remove/],
      [['import'], /files or https addresses/],
      [['import', 'x.csv', '--as', 'city'], /place, network, or kinds:/],
      [['import', 'x.csv', '--as', 'kinds:evil'], /Kinds are hosting \|/],
      [['import', 'x.csv', '--as', 'kinds:vpn', '--format', 'csv'], /from lists/],
      [['import', 'x.csv', '--format', 'xml'], /--format takes csv \|/],
      [['import', 'x.csv', '--date', '2026-02-30'], /--date 2026-11-01/],
      [['import', 'x.csv', '--date', 'today'], /--date 2026-11-01/],
      [['import', 'x.csv', '--credit', ''], /--credit takes/],
      [['import', 'x.csv', '--credit', 'a\u0007b'], /--credit takes/],
      [['import', 'https://a.example/x', '--sha256', 'abc'], /64 hexadecimal digits/],
      [['import', 'x.csv', '--sha256', 'a'.repeat(64)], /a file that is fetched|one file that is fetched/],
      [['list', '--anyway'], /list does not take --anyway/],
      [['list', 'x'], /no more words/],
      [['remove'], /place, network, kinds/],
      [['remove', 'place', 'network'], /place, network, kinds/],
      [['remove', '../x'], /place, network, kinds/],
      [['remove', 'kinds:x'], /Kinds are/],
    ];
    for (const [words, said] of cases)
      await assert.rejects(run(...words), (error: unknown) => {
        assert.ok(error instanceof UsageError, `${words.join(' ')}: ${String(error)}`);
        assert.match(error.message, said);
        return true;
      });
    assert.equal(await run('import', 'http://a.example/x.csv'), 2);
    assert.equal(await run('import', 'https://me:secret@a.example/x.csv'), 2);
    assert.equal(existsSync(dataDir), false);
  });

  it('have examples, every option and every exit code in their help', () => {
    const help = visitorCommand.help.join('\n');
    for (const part of [
      '--as',
      '--format',
      '--date',
      '--credit',
      '--sha256',
      '--insecure',
      '--allow-older',
      '--anyway',
      'Examples:',
      '130',
      '5 older',
      'tor_exit',
    ])
      assert.ok(help.includes(part), part);
  });
});
