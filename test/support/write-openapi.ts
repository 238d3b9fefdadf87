/** Writes docs/openapi.json and docs/problems.md anew: `npm run openapi`. */
import { writeFileSync } from 'node:fs';
import { currentDocument } from './openapi.ts';
import { problemsDocument } from './problem-codes.ts';

const documents: Readonly<Record<string, string>> = {
  'docs/openapi.json': await currentDocument(),
  'docs/problems.md': problemsDocument(),
};
for (const [path, text] of Object.entries(documents)) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);
  process.stdout.write(`${path} is written.\n`);
}
