/** What the server serves is what the sources say, small enough, and fit for the strict policy. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'vite';
import { LATE, measure } from '../dashboard/scripts/measure.ts';
import { PROJECT_ROOT } from './support/sources.ts';

const DIST = join(PROJECT_ROOT, 'dashboard', 'dist');

const filesOf = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

describe('the built dashboard', () => {
  let fresh = '';
  before(async () => {
    fresh = mkdtempSync(join(tmpdir(), 'vouchsafe-dashboard-'));
    await build({
      configFile: join(PROJECT_ROOT, 'dashboard', 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: fresh, emptyOutDir: true },
    });
  });
  after(() => rmSync(fresh, { recursive: true, force: true }));

  it('is the one of these sources (else: npm run dashboard)', () => {
    const [built, committed] = [filesOf(fresh), filesOf(DIST)];
    assert.deepEqual([...committed.keys()], [...built.keys()]);
    for (const [name, text] of built) assert.ok(committed.get(name) === text, `${name} is stale`);
  });

  it('needs less than 150 kB of script, gzipped, before any page stands', () => {
    const pages = measure(join(fresh, 'assets')).filter(({ name }) => name !== 'sum');
    assert.ok(pages.length >= 18, `${pages.length} pages were measured`);
    for (const { name, bytes } of pages) {
      assert.ok(bytes > 100_000, `${name}: ${bytes} bytes cannot be all of it`);
      assert.ok(bytes < 150_000, `${name}: ${bytes} bytes`);
    }
  });

  it('loads the strength meter only when it is needed', () => {
    const late = [...filesOf(join(fresh, 'assets')).entries()].filter(([name]) => LATE.test(name));
    assert.ok(late.some(([, text]) => text.length > 500_000));
    const index = readFileSync(join(fresh, 'index.html'), 'utf8');
    for (const [name] of late) assert.ok(!index.includes(name), `${name} is loaded with the page`);
  });

  it('has no script or style of its own in the page, and asks nobody else for anything', () => {
    const index = readFileSync(join(fresh, 'index.html'), 'utf8');
    assert.match(index, /<meta name="csp-nonce" content="__CSP_NONCE__" \/>/);
    assert.doesNotMatch(index, /<script(?![^>]*\ssrc=)/);
    assert.doesNotMatch(index, /<style|\sstyle=|\son\w+=|https?:/);
    for (const [, url = ''] of index.matchAll(/(?:src|href)="([^"]+)"/g)) assert.match(url, /^\//);
  });

  it('brings along the licences of what is in it', () => {
    const built = filesOf(fresh);
    for (const name of ['react-dom', '@tanstack/react-router', '@radix-ui/react-dialog'])
      assert.ok(built.get('LICENSES.md')?.includes(`## ${name} `), name);
    assert.match(built.get('LICENSES-strength-meter.md') ?? '', /@zxcvbn-ts\/core[\s\S]*MIT/);
  });

  it('holds nothing of the machine that built it', () => {
    for (const [name, text] of filesOf(fresh)) {
      assert.ok(!text.includes(PROJECT_ROOT), `${name} names the project's folder`);
      assert.doesNotMatch(text, /sourceMappingURL/, name);
    }
  });
});
