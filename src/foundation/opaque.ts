import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A value that must not leave memory: an address, a query, a body, a user agent.
 * Printing it in any way that a logger, a template string, `JSON.stringify` or `console` would use gives
 * `[redacted]`; only `expose()` gives the value, so that a search for that word finds every use.
 */
export class Opaque<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  expose(): Value {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
