/** The one place where uploads meet formats: what is found in a file, and its rows as PostgreSQL copies them. */
import { parse } from 'csv-parse';
import type { ContentColumn } from '../../services/datasets/access/content.ts';
import { LoadFailure } from './interruption.ts';
import type { Rejection } from './rejections.ts';
import type { StoredFile } from './stored-file.ts';

/** What a look finds; the rest of it is the formats' own. */
export interface FilePlan {
  readonly columns: readonly ContentColumn[];
  readonly key: readonly string[];
}

export interface ReadTools {
  readonly signal: AbortSignal;
  /** Bytes of the file and rows so far. */
  readonly onProgress: (bytes: number, rows: number) => void;
}

/** @throws upload_plan_invalid (400). */
export const checkCorrections = (
  before: unknown,
  changes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => ({ ...(before as object), ...changes });

const recordsOf = async function* (file: StoredFile, tools: ReadTools): AsyncGenerator<string[]> {
  const parser = parse({ relax_column_count: true });
  let bytes = 0;
  const feeding = (async () => {
    for await (const piece of file.pieces()) {
      tools.signal.throwIfAborted();
      bytes += piece.length;
      if (!parser.write(piece)) await new Promise((resolve) => parser.once('drain', resolve));
    }
    parser.end();
  })();
  feeding.catch((error: unknown) => parser.destroy(error as Error));
  let rows = 0;
  for await (const record of parser) {
    rows += 1;
    if (rows % 1000 === 0) tools.onProgress(bytes, rows);
    yield record as string[];
  }
  await feeding;
};

export const lookInto = async (file: StoredFile, _said: unknown, tools: ReadTools): Promise<FilePlan> => {
  let columns: ContentColumn[] | undefined;
  for await (const record of recordsOf(file, tools))
    columns ??= record.map((name) => ({ name, type: 'text' }));
  if (columns === undefined) throw new LoadFailure('empty_file');
  return { columns, key: [] };
};

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export const readAs = async function* (
  file: StoredFile,
  plan: FilePlan,
  tools: ReadTools & { readonly onRejected: (rejection: Rejection) => void },
): AsyncGenerator<string> {
  let line = 0;
  for await (const record of recordsOf(file, tools)) {
    line += 1;
    if (line === 1) continue;
    if (record.length !== plan.columns.length) {
      tools.onRejected({ line, reason: 'too many or too few cells' });
      continue;
    }
    yield `${record.map((cell) => cell.replaceAll(/[\\\n\r\t]/gu, (c) => ESCAPES[c] ?? c)).join('\t')}\n`;
  }
};
