import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { columnNames } from './headings.ts';

describe('names of columns', () => {
  it('are never empty, twice, too long or ours', () => {
    const names = columnNames(['a', 'a', '', 'vouchsafe:row', 'x'.repeat(100), 'ctid', '"; drop', 'a\nb']);
    assert.equal(new Set(names).size, 8);
    assert.ok(
      names.every((name) => name !== '' && Buffer.byteLength(name) <= 63 && !name.startsWith('vouchsafe:')),
    );
    assert.equal(names[6], '"; drop');
  });
});
