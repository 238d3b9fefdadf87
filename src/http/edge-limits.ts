/** Limits on size, count and time that hold for every connection, before a route is known. */

export interface EdgeLimits {
  /** Request line and header fields together, in bytes. */
  readonly maxHeaderBytes: number;
  readonly maxHeaderCount: number;
  /** Longest body that is read before its caller is known, and on most routes at all; a longer one is a 413. */
  readonly maxBodyBytes: number;
  /** Bytes of bodies that one thread holds while they arrive; beyond, the one that began first is a 503. */
  readonly maxHeldBytes: number;
  /** The same for longer bodies of known callers, on routes that take them. */
  readonly maxHeldOfKnown: number;
  /** Bytes of answers that one thread holds for clients that do not take them; beyond, the slowest is cut off. */
  readonly maxUnsentBytes: number;
  /** From the first byte (or the connection) to the end of the header section. */
  readonly headersTimeoutMs: number;
  /** From the end of the header section to the end of a body; longer ones may go on at the slowest rate. */
  readonly requestTimeoutMs: number;
  /** Between two pieces of a longer body. */
  readonly betweenBytesMs: number;
  /** How often the two above are looked at. A request may live this much longer than they say. */
  readonly checkIntervalMs: number;
  /** Between two requests on one connection. */
  readonly keepAliveTimeoutMs: number;
  /** A connection on which nothing moves in either direction, also while a slow reader takes its answer. */
  readonly idleTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  /** How long the rest of a refused request is still read, so that its sender sees the answer, not a reset. */
  readonly lingerMs: number;
  /** How long an answer may lie untaken, beside what it needs at the slowest rate. */
  readonly answerTimeoutMs: number;
  /** Who takes an answer, or sends a longer body, slower than this is cut off. */
  readonly slowestBytesPerSecond: number;
  /** Open at once; beyond, the one that has been idle longest makes room. */
  readonly maxConnections: number;
  /** The same for one source, so that nobody has all of them. */
  readonly maxConnectionsPerSource: number;
  /** Connections that one source may open in a second while this thread does not keep up. */
  readonly maxHurriedPerSource: number;
  readonly maxRequestsPerConnection: number;
  /** Answers of 429 in a row on one connection that may be ignored; then it is left alone for as long as they say. */
  readonly maxIgnored: number;
  /** Requests on one connection whose answers have not been taken; more than any client sends ahead. */
  readonly maxPipelined: number;
}

export const DEFAULT_EDGE_LIMITS: EdgeLimits = {
  // A query of 10,000 characters, four bytes each, percent-encoded, must still reach the contract's own error.
  maxHeaderBytes: 128 * 1024,
  maxHeaderCount: 100,
  maxBodyBytes: 64 * 1024,
  maxHeldBytes: 32 * 1024 * 1024,
  maxHeldOfKnown: 64 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  betweenBytesMs: 10_000,
  checkIntervalMs: 1_000,
  keepAliveTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  handshakeTimeoutMs: 10_000,
  lingerMs: 500,
  maxUnsentBytes: 64 * 1024 * 1024,
  answerTimeoutMs: 20_000,
  // A modem of 1998 took 5,600.
  slowestBytesPerSecond: 5_000,
  maxConnections: 10_000,
  maxConnectionsPerSource: 2_500,
  maxHurriedPerSource: 100,
  maxRequestsPerConnection: 1_000_000,
  maxIgnored: 20,
  maxPipelined: 64,
};
