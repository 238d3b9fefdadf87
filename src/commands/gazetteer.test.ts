import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Config } from '../config.ts';
import { UsageError } from './command.ts';
import { gazetteerCommand } from './gazetteer.ts';

const folder = mkdtempSync(join(tmpdir(), 'vs-words-'));
after(() => rmSync(folder, { recursive: true }));

const dataDir = join(folder, 'data');
// Nothing else of the configuration is asked for.
const config = { dataDir } as Config;
const run = (...words: string[]): Promise<number> =>
  gazetteerCommand.run(words, { config, say: () => undefined });

const put = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const pbf = put('x.osm.pbf', 'no data');
const table = put('cities500.txt', 'no data');

describe('the words of gazetteer', () => {
  it('are refused with what it takes, before anything is done', async () => {
    const cases: readonly [readonly string[], RegExp][] = [
      [[], /import, list, remove or build/],
      [['fetch'], /import, list, remove or build/],
      [['import'], /import takes files/],
      [['import', pbf, '--as', '../x'], /lower-case letters/],
      [['import', pbf, '--as', 'base'], /not base/],
      [['import', pbf, '--as', 'X'], /for example --as liechtenstein/],
      [['import', pbf, '--format', 'shape'], /--format takes osm \|/],
      [['import', pbf, '--country', 'Liechtenstein'], /--country LI/],
      [['import', pbf, pbf], /one file/],
      [['import', pbf, table], /of one kind/],
      [['import', table, '--as', 'places'], /leave out --as/],
      [['import', pbf, '--output', 'x'], /import does not take --output/],
      [['list', '--as', 'x'], /list does not take --as/],
      [['list', 'x'], /no more words/],
      [['build', 'x'], /no more words/],
      [['remove'], /the name of an extract/],
      [['remove', 'a', 'b'], /the name of an extract/],
      [['remove', 'base'], /gazetteer build goes back/],
    ];
    for (const [words, said] of cases)
      await assert.rejects(run(...words), (error: unknown) => {
        assert.ok(error instanceof UsageError, words.join(' '));
        assert.match(error.message, said);
        return true;
      });
    assert.equal(existsSync(dataDir), false);
  });

  it('have examples, every option and every exit code in their help', () => {
    const help = gazetteerCommand.help.join('\n');
    for (const part of [
      '--as',
      '--format',
      '--country',
      '--resume',
      '--anyway',
      '--output',
      'Examples:',
      '130',
    ])
      assert.ok(help.includes(part), part);
  });
});
