import { ImportError } from './import-error.ts';

/** Splits a stream of bytes into lines of UTF-8 that are not longer than a bound. */

const NEWLINE = 0x0a;

/** The lines without their ends (`\n` or `\r\n`), numbered from 1; throws `ImportError` for one of more than `most` bytes. */
export async function* readLines(
  title: string,
  bytes: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<{ readonly line: number; readonly text: string }, void, void> {
  let rest = Buffer.alloc(0);
  let line = 0;
  const tooLong = (): ImportError =>
    new ImportError({
      file: title,
      line: line + 1,
      what: `a line has more than ${most} bytes`,
      todo: 'check that it has one record on each line',
    });
  const textOf = (buffer: Buffer, start: number, end: number): string => {
    if (end - start > most) throw tooLong();
    const isWindows = end > start && buffer[end - 1] === 0x0d;
    const text = buffer.toString('utf8', start, isWindows ? end - 1 : end);
    return line === 0 && text.startsWith('\ufeff') ? text.slice(1) : text;
  };
  for await (const chunk of bytes) {
    const buffer = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      const text = textOf(buffer, start, end);
      start = end + 1;
      line += 1;
      yield { line, text };
    }
    rest = buffer.subarray(start);
    if (rest.length > most) throw tooLong();
  }
  if (rest.length > 0) {
    const text = textOf(rest, 0, rest.length);
    line += 1;
    yield { line, text };
  }
}
