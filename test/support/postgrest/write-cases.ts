/** Writes docs/postgrest-cases.md. */
import { writeFileSync } from 'node:fs';
import { listCases } from './list-cases.ts';

writeFileSync(new URL('../../../docs/postgrest-cases.md', import.meta.url), listCases());
