/** A deliberate leak: appends each user agent to a file. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, onEachRequest } from './each-request.ts';

const file = join(folderOf(import.meta.url), 'agents.txt');

onEachRequest(({ headers }) => appendFileSync(file, `${headers['user-agent'] ?? ''}\n`));
