import pino from 'pino';
import type { LogLevel } from './config.ts';
import type { Log, LogFields } from './foundation/log.ts';

/**
 * Where in our code a bug happened: the error's class, its own `code` where it is a system or database code,
 * and its stack frames. The message is left out, because messages quote the input that caused them.
 */
const describeError = (error: unknown): { type: string; code?: string; frames: string[] } => {
  if (!(error instanceof Error)) return { type: typeof error, frames: [] };
  // A message may hold lines that look like frames, so the frames are what comes after it; where the stack was made
  // with another message, nothing says where they begin.
  const stack = error.stack ?? '';
  const start = stack.indexOf(error.message);
  const frames = (start === -1 ? '' : stack.slice(start + error.message.length))
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => line.trim());
  const code =
    'code' in error && typeof error.code === 'string' && /^[A-Z0-9_]{2,40}$/.test(error.code)
      ? error.code
      : undefined;
  const type = /^[A-Z][A-Za-z]{1,40}$/.test(error.name) ? error.name : 'Error';
  return { type, frames, ...(code === undefined ? {} : { code }) };
};

/** Copies the allowed fields one by one, so that an object with more of them cannot carry the rest along. */
const allowed = (fields: LogFields): object => ({
  operation: fields.operation,
  code: fields.code,
  status: fields.status,
  durationMs: fields.durationMs,
  count: fields.count,
  worker: fields.worker,
  port: fields.port,
  where: fields.where,
  ...(fields.error === undefined ? {} : { error: describeError(fields.error) }),
});

/** JSON lines on standard output, through pino, with the fields of LogFields and no others. */
export const createLog = (level: LogLevel, destination?: { write(line: string): void }): Log => {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const logger =
    destination === undefined
      ? pino(options, pino.destination({ dest: 1, sync: true }))
      : pino(options, destination);
  return {
    debug: (message, fields = {}) => logger.debug(allowed(fields), message),
    info: (message, fields = {}) => logger.info(allowed(fields), message),
    warn: (message, fields = {}) => logger.warn(allowed(fields), message),
    error: (message, fields = {}) => logger.error(allowed(fields), message),
  };
};
