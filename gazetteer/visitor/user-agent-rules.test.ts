import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isbot } from 'isbot';
import { createParser } from '../../src/services/visitor/user-agent/parser.ts';
import { loadUserAgentRules } from '../../src/services/visitor/user-agent/rules.ts';
import { packagedRules, readUserAgentRules } from './user-agent-rules.ts';

it('writes the rules that are committed', () => {
  const committed = new URL('../../src/services/visitor/user-agent/rules.json', import.meta.url);
  const written = `${JSON.stringify(readUserAgentRules(...packagedRules()))}\n`;
  assert.ok(
    readFileSync(committed, 'utf8') === written,
    'write them anew: node gazetteer/visitor/user-agent-rules.ts',
  );
});

it('refuses rules that its amendments no longer fit', () => {
  const empty = 'user_agent_parsers: []\nos_parsers: []\ndevice_parsers: []\n';
  assert.throws(() => readUserAgentRules(empty, []), /no rule has the pattern/);
});

describe('the list of crawlers', () => {
  const [, crawlers] = packagedRules();
  const parser = createParser(loadUserAgentRules());
  const instances = crawlers.flatMap((crawler) => crawler.instances);

  it('names each of its own instances', () => {
    assert.ok(instances.length > 2_000);
    assert.deepEqual(
      instances.filter((text) => (parser.robot(text)?.[0] ?? '') === ''),
      [],
    );
  });

  it('holds what isbot takes for robots, but for one in a hundred', () => {
    const missed = instances.filter((text) => !isbot(text));
    assert.ok(missed.length * 100 < instances.length, missed.join('\n'));
  });
});
