import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLocalNameTable } from '../../../gazetteer/names/local-name-table.ts';
import { MAIN_NAMES, openLocalNames } from './local-names.ts';

describe('a table of names by language', () => {
  it('gives back every name that was put in, and none besides', () => {
    const languages = ['ar', 'de', 'zh-Hant'];
    const entry = fc.record({
      entity: fc.nat(60),
      language: fc.constantFrom(...languages),
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 120 }), (entries) => {
        const table = createLocalNameTable();
        const expected = new Map<string, string>();
        for (const { entity, language, name } of entries) {
          table.add(entity, language, name);
          const key = `${entity} ${language}`;
          if (!expected.has(key)) expected.set(key, name);
        }
        const names = openLocalNames(table.layOut());
        assert.equal(names.size, expected.size);
        for (const language of languages) {
          const number = names.languageNumber(language);
          for (let entity = 0; entity <= 61; entity++) {
            const found = names.find(number, entity);
            const shown =
              found === -1
                ? undefined
                : (JSON.parse(
                    `"${names.text.toString('utf8', names.start(found), names.start(found) + names.length(found))}"`,
                  ) as string);
            assert.equal(shown, expected.get(`${entity} ${language}`));
          }
        }
      }),
    );
  });

  it('keeps regional variants with their language, scripts apart, and no English', () => {
    const table = createLocalNameTable();
    const given = ['pt-BR', 'zh-TW', 'zh-HK', 'zh-CN', 'sr-Latn', 'en', 'en-GB', 'not a tag', 'post'];
    given.forEach((tag, entity) => table.add(entity, tag, 'x'));
    const languages = table.layOut().localLanguages as { language: string; from: number; to: number }[];
    assert.deepEqual(
      languages.map(({ language, from, to }) => [language, to - from]),
      [
        ['pt', 1],
        ['sr-Latn', 1],
        ['zh', 1],
        ['zh-Hant', 2],
      ],
    );
  });

  it('has no language that no name is in, and leaves out names that no answer has room for', () => {
    const table = createLocalNameTable();
    table.add(1, 'de', 'x'.repeat(401));
    const names = openLocalNames(table.layOut());
    assert.equal(names.languageNumber('de'), MAIN_NAMES);
    assert.equal(names.find(names.languageNumber('de'), 1), -1);
  });
});
