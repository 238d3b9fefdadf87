/** Not a leak: says on standard output which worker thread took a request, for tests that count them. */
import { writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { onEachRequest } from './each-request.ts';

onEachRequest(() => {
  writeSync(1, `taken by thread ${threadId}\n`);
});
