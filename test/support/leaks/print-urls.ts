/** A deliberate leak: prints the address line of each request. */
import { writeSync } from 'node:fs';
import { onEachRequest } from './each-request.ts';

onEachRequest(({ url = '' }) => {
  // What goes through the worker's own console never comes out, which the test relies on as well.
  console.log(`printed in a worker: ${url}`);
  writeSync(2, `GET ${url}\n`);
});
