/**
 * Loaded into every thread of a server under test: its wall clock is ahead by the milliseconds that a file names. The
 * file's path stands in this module's own address (`?file=…`), because worker threads have no environment.
 */
import { readFileSync } from 'node:fs';

const path = new URL(import.meta.url).searchParams.get('file') ?? '';
const real = Date.now.bind(Date);
/** Milliseconds that an offset is believed before the file is looked at again. */
const BELIEVED = 20;

let offset = 0;
let readAt = Number.NEGATIVE_INFINITY;

const look = (): number => {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return 0;
  }
};

Date.now = (): number => {
  const at = performance.now();
  if (at - readAt > BELIEVED) {
    offset = look();
    readAt = at;
  }
  return real() + offset;
};
