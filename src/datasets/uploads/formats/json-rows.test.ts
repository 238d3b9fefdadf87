import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failsWith, readAll, typesOf } from '../../../../test/support/uploaded-file.ts';

describe('JSON', () => {
  it('keeps digits, texts and nested values as they stand', async () => {
    const lines = [
      '{"a":12345678901234567890,"b":"007","c":{"z": [1.50]}}',
      '{"a":1.50,"b":"x\\ny","d":null}',
    ];
    for (const text of [`${lines.join('\n')}\n`, `[${lines.join(',\n')}]`]) {
      const found = await readAll(text, {}, 7);
      assert.deepEqual(typesOf(found), ['numeric', 'text', 'json', 'text']);
      assert.deepEqual(found.rows, [
        ['12345678901234567890', '007', '{"z": [1.50]}', null],
        ['1.50', 'x\ny', null, null],
      ]);
    }
  });

  it('refuses what is broken or too deep', async () => {
    await assert.rejects(readAll('[{"a":1}', { format: 'json' }), failsWith('json_invalid'));
    await assert.rejects(readAll('[{"a":01}]', { format: 'json' }), failsWith('json_invalid'));
    await assert.rejects(readAll(`[{"a":${'['.repeat(1000)}`, { format: 'json' }), failsWith('too_deep'));
  });
});
