import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureAccess } from './access.ts';
import { openGround } from './ground.ts';
import { sectionText } from './report.ts';

test('fills a small world and asks the function and the statements about it', async () => {
  const ground = await openGround();
  try {
    const size = { companies: 20, users: 400, datasets: 1_000 };
    const section = await measureAccess({
      ground,
      quick: true,
      say: () => undefined,
      size,
      withPeers: false,
    });
    assert.match(sectionText(section), /1,000 datasets.* 2,000 grants/su);
    assert.equal(section.targets.length, 3);
    for (const { got, what } of section.targets) assert.ok(got > 0, what);
  } finally {
    await ground.close();
  }
});
