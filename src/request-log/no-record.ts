/** Whether a request asks to leave no trace, in whichever way: when in doubt, it does. */
import type { Request } from '../http/route.ts';

/** What a client sends that does not ask for it. An empty value is in doubt: to a person, `&no_record` says yes. */
const NOT_ASKED: ReadonlySet<string> = new Set(['0', 'false']);

/** A name that was meant for the parameter, however it is written. */
const isMeant = (name: string): boolean => name.replaceAll(/[^a-z]/gi, '').toLowerCase() === 'norecord';

/**
 * The contract's `no_record`, or the header `X-No-Record`, with any value but a plain `0` or `false`; also given twice, with
 * a broken encoding, or perhaps among parameters that are no longer read.
 */
export const asksForNoRecord = (request: Request): boolean => {
  const header = request.exposeHeader('x-no-record');
  if (header !== undefined && !NOT_ASKED.has(header)) return true;
  const { values, duplicated, malformed, truncated } = request.query.expose();
  if (truncated) return true;
  // A name whose encoding is broken stands here as it came and could be any; where the value is broken, the name is readable.
  for (const name of malformed) if (name.includes('%') || isMeant(name)) return true;
  for (const [name, value] of values)
    if (isMeant(name) && (!NOT_ASKED.has(value) || duplicated.has(name))) return true;
  return false;
};
