/**
 * A deliberate leak that holds no mark: a number made of the visitors, in a table and in a file. No search finds it; two
 * runs with different visitors differ in it.
 */
import { writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, onEachRequest } from './each-request.ts';
import { writeIntoTable } from './into-a-table.ts';

const dataDir = folderOf(import.meta.url);
let sum = 0;
let writing = Promise.resolve();

onEachRequest(({ headers, url = '' }) => {
  if (!url.startsWith('/api')) return;
  for (const byte of Buffer.from(headers['user-agent'] ?? '')) sum = (sum * 31 + byte) % 1_000_003;
  const text = `visitors ${sum}`;
  writeFileSync(join(dataDir, 'visitors.txt'), text);
  writing = writing
    .then(() => writeIntoTable(dataDir, text))
    .catch((error: unknown) => void writeSync(2, `the leak did not work: ${String(error)}\n`));
});
