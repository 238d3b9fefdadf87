import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inFolder } from '../test/support/extract.ts';
import { openTestGazetteer } from '../test/support/gazetteer.ts';
import { measureStreets } from './streets.ts';

test('finds the houses that it measures with, in both extracts and both directions', () =>
  inFolder(async (folder) => {
    const gazetteer = await openTestGazetteer();
    const section = await measureStreets({ gazetteer, folder, quick: true, say: () => undefined });
    const [table] = section.tables;
    assert.equal(table?.rows.length, 2);
    for (const row of table?.rows ?? []) {
      const share = (text: string | undefined): number => Number.parseFloat(text ?? '');
      assert.ok(share(row[5]) >= 95, `reverse: ${row.join(' | ')}`);
      assert.ok(share(row[7]) >= 95, `forward: ${row.join(' | ')}`);
    }
    assert.equal(section.targets.length, 4);
  }));
