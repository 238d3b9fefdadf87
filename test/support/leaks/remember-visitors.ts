/** A deliberate leak: keeps every user agent in memory for good, in a Map that nothing writes down. */
import { onEachRequest } from './each-request.ts';

const seen = new Map<number, string>();

onEachRequest(({ headers }) => {
  seen.set(seen.size, headers['user-agent'] ?? '');
});
