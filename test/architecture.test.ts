import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { faultsOf, ROOMS } from './architecture.ts';
import { sourceFiles } from './support/sources.ts';

const files = sourceFiles('src').filter(({ path }) => path.endsWith('.ts') && !path.endsWith('.test.ts'));

describe('the house', () => {
  it('is looked at whole', () => {
    assert.ok(files.length > 60, `${files.length} files`);
    for (const room of Object.keys(ROOMS)) {
      assert.ok(
        files.some(({ path }) => path.startsWith(`src/${room}/`)),
        `the room ${room} has no files`,
      );
    }
  });

  it('keeps its import table', () => {
    assert.deepEqual(faultsOf(files), []);
  });

  it('notices a planted violation of each kind', () => {
    const planted: [string, string][] = [
      ['src/http/x.ts', `import { y } from '../gate/secret-key.ts';`],
      ['src/http/x.ts', `import type { Y } from '../keys/service.ts';`],
      ['src/http/x.ts', `const y = await import('../store/database.ts');`],
      ['src/foundation/x.ts', `import '../log.ts';`],
      ['src/gate/x.ts', `export { y } from '../config.ts';`],
      ['src/services/geocoding/x.ts', `import { y } from '../visitor/service.ts';`],
      ['src/limits/x.ts', `import {\n  a,\n  b,\n} from '../gate/store.ts';`],
      ['src/cellar/x.ts', `import { y } from '../foundation/ids.ts';`],
      ['src/keys/x.ts', `import { y } from '../../test/support/clock.ts';`],
      ['src/keys/store.ts', `import { y } from './service.ts';`],
      ['src/keys/x.ts', `import pg from 'pg';`],
      ['src/keys/x.ts', `const a = process.env['HOME'];`],
      ['src/keys/x.ts', `const a = Date.now();`],
      ['src/keys/x.ts', `const a = Math.random();`],
      ['src/keys/x.ts', `console.log(1);`],
    ];
    for (const [path, text] of planted)
      assert.equal(faultsOf([{ path, text }]).length, 1, `${path}: ${text}`);
  });

  it('is drawn in ARCHITECTURE.md with the same table', () => {
    const page = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');
    for (const [room, allowed] of Object.entries(ROOMS)) {
      const row = `| \`${room}\` | ${allowed.length === 0 ? '–' : allowed.map((name) => `\`${name}\``).join(', ')} |`;
      assert.ok(page.includes(row), `ARCHITECTURE.md lacks the row: ${row}`);
    }
  });
});
