import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { createParser, type Parsed } from './parser.ts';
import { loadUserAgentRules, type PackedRule } from './rules.ts';

/** Cases of uap-core: a text, then its facts. Every so many-th of them is kept in this folder. */
type Cases = readonly (readonly string[])[];
type Kind = keyof Parsed;

const sample = JSON.parse(readFileSync(new URL('published-sample.json', import.meta.url), 'utf8')) as Record<
  'browsers' | 'systems' | 'devices',
  Cases
>;
const rules = loadUserAgentRules();
const parser = createParser(rules);

/** All published cases; not part of the project. */
const PUBLISHED = join(import.meta.dirname, '../../../../../shared/data/uap-core/tests');

const published = (file: string, names: readonly string[]): Cases => {
  const { test_cases: cases } = parseYaml(readFileSync(join(PUBLISHED, file), 'utf8')) as {
    test_cases: readonly Readonly<Record<string, string | null>>[];
  };
  const all = ['user_agent_string', ...names];
  return cases.map((one) => all.map((name) => one[name] ?? ''));
};

const wrong = (kind: Kind, cases: Cases): unknown[] =>
  cases.flatMap(([text = '', ...expected]) => {
    const told = parser.parse(text)[kind] ?? ['Other', '', ''];
    return expected.every((fact, index) => (told[index] ?? '') === fact) ? [] : [{ text, expected, told }];
  });

/** Every rule tried in its order, without the prefilter. */
const withoutPrefilter = (list: readonly PackedRule[], text: string): string | undefined => {
  const rule = list.find(([pattern, flags]) => new RegExp(pattern, flags).test(text));
  const match = rule && new RegExp(rule[0], rule[1]).exec(text);
  return rule?.[2]
    .map((template) => template.replaceAll(/\$(\d)/g, (_, n: string) => match?.[Number(n)] ?? '').trim())
    .join('|');
};

describe('a user agent', () => {
  it('is told as in the published cases of which a sample is kept here', () => {
    assert.ok(sample.browsers.length > 100 && sample.systems.length > 60 && sample.devices.length > 150);
    assert.deepEqual(wrong('browser', sample.browsers), []);
    assert.deepEqual(wrong('system', sample.systems), []);
    assert.deepEqual(wrong('device', sample.devices), []);
  });

  it(
    'is told as in all 18,213 published cases',
    { skip: existsSync(PUBLISHED) ? false : 'the published cases are not beside the project' },
    () => {
      const version = ['family', 'major', 'minor', 'patch'];
      const browsers = published('test_ua.yaml', version);
      const systems = published('test_os.yaml', [...version, 'patch_minor']);
      const devices = published('test_device.yaml', ['family', 'brand', 'model']);
      assert.equal(browsers.length + systems.length + devices.length, 18_213);
      assert.deepEqual(wrong('browser', browsers), []);
      assert.deepEqual(wrong('system', systems), []);
      assert.deepEqual(wrong('device', devices), []);
    },
  );

  it('is told the same with the prefilter as without, also where two are mixed', () => {
    const texts = [...sample.browsers, ...sample.systems, ...sample.devices].map(([text = '']) => text);
    const text = fc.constantFrom(...texts);
    const cut = fc.nat({ max: 200 });
    fc.assert(
      fc.property(text, text, cut, cut, fc.boolean(), (one, other, at, from, upper) => {
        const mixed = one.slice(0, at) + other.slice(from);
        const subject = upper ? mixed.toUpperCase() : mixed;
        const { browser, system, device } = parser.parse(subject);
        assert.equal(browser?.join('|'), withoutPrefilter(rules.browsers, subject));
        assert.equal(system?.join('|'), withoutPrefilter(rules.systems, subject));
        assert.equal(device?.join('|'), withoutPrefilter(rules.devices, subject));
        assert.equal(parser.robot(subject)?.join('|'), withoutPrefilter(rules.robots, subject));
      }),
      { numRuns: 150 },
    );
  });

  it('is told nothing of when it says nothing', () => {
    assert.deepEqual(parser.parse(''), { browser: undefined, system: undefined, device: undefined });
  });
});
