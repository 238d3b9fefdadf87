/** The body of a request as it arrives. */
import type { Request } from './route.ts';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes;
}

/**
 * On routes with `streamsBody`: the pieces of the body, once, each read when the last was taken. A small body, or that of a
 * request which the edge did not build, comes in one piece. Throws a Problem where the sender is too slow (408), sends more
 * than the route takes (413) or is gone (499).
 */
export const streamOf = (request: Request): AsyncIterable<Uint8Array> =>
  request.stream?.() ?? once(request.body.expose());
