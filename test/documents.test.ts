/** The documents say what is so: links lead somewhere, promises are all listed, nothing of one machine stands in them. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { KEY_PATTERN } from '../src/gate/key-format.ts';
import { liveChecks } from '../src/promises/catalogue.ts';
import { VERSION } from '../src/version.ts';
import { PROJECT_ROOT } from './support/sources.ts';

const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');
const documents = globSync(['*.md', 'docs/**/*.md', 'examples/*.md', 'bench/*.md'], { cwd: PROJECT_ROOT });

describe('the documents', () => {
  it('are all there', () => {
    for (const name of [
      'README.md',
      'ARCHITECTURE.md',
      'SECURITY.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'NOTICE',
      'LICENSE',
    ]) {
      assert.ok(existsSync(join(PROJECT_ROOT, name)), name);
    }
    assert.match(read('LICENSE'), /Apache License\s+Version 2\.0/);
    assert.ok(read('CHANGELOG.md').includes(`## ${VERSION}`));
  });

  it('link only to files that exist', () => {
    for (const document of documents) {
      for (const [, target = ''] of read(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        assert.ok(
          existsSync(join(PROJECT_ROOT, dirname(document), target)),
          `${document} links to ${target}`,
        );
      }
    }
  });

  it('name only source files and commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const document of documents) {
      const text = read(document);
      for (const [, path = ''] of text.matchAll(
        /`((?:src|test|bench|gazetteer|migrations|docs|examples)\/[\w./*-]+)`/g,
      )) {
        assert.ok(globSync(path, { cwd: PROJECT_ROOT }).length > 0, `${document} names ${path}`);
      }
      for (const [, script = ''] of text.matchAll(/npm run ([\w:]+)/g))
        assert.ok(script in scripts, `${document}: npm run ${script}`);
    }
  });

  it('list every promise with a test that exists', () => {
    const ids = new Set(liveChecks({ publicUrl: 'https://localhost' } as never).map(({ id }) => id));
    const rows = [...read('SECURITY.md').matchAll(/^\| `([a-z-]+)` \|[^|]+\|[^|]+\|$/gm)];
    assert.deepEqual(new Set(rows.map(([, id]) => id)), ids);
  });

  it('give secret scanners the pattern that keys have', () => {
    assert.ok(read('SECURITY.md').includes(KEY_PATTERN.source));
  });

  it('number their decisions without a gap, each with its four parts', () => {
    const decisions = globSync('docs/decisions/*.md', { cwd: PROJECT_ROOT }).sort();
    decisions.forEach((path, index) => {
      assert.ok(path.includes(`/${String(index + 1).padStart(4, '0')}-`), path);
      for (const part of ['**Context.**', '**Decision.**', '**Consequences.**', '**Revisit when**']) {
        assert.ok(read(path).includes(part), `${path} lacks ${part}`);
      }
    });
  });
});
