/** Not a leak: ends the worker thread that takes a request for this, as a bug in native code could. */
import { onEachRequest } from './each-request.ts';

onEachRequest(({ url }) => {
  if (url === '/end-this-worker') process.exit(1);
});
