/** Writes docs/openapi.json anew: `npm run openapi`. */
import { writeFileSync } from 'node:fs';
import { currentDocument } from './openapi.ts';

writeFileSync(new URL('../../docs/openapi.json', import.meta.url), await currentDocument());
process.stdout.write('docs/openapi.json is written.\n');
