/**
 * The only fields that a log line can have. A line is about the installation, never about a request's content:
 * there is no field that could hold an address, a path, a query, a header or a body.
 */
export interface LogFields {
  /** Operation name from the route table, such as `geocoding.forward`. */
  readonly operation?: string;
  /** Stable problem or event code from our own source. */
  readonly code?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly count?: number;
  readonly worker?: number;
  readonly port?: number;
  /** A path, URL or name from the installation's own configuration, never from a request. */
  readonly where?: string;
  /** A bug's own error. Rendered as class name and stack frames; its message, which may quote input, is left out. */
  readonly error?: unknown;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
