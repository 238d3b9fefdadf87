/** What a download asks for, apart from the rows: its form, its version, and whether cells are guarded. */
import { Problem } from '../../../foundation/problem.ts';

export const FORMATS = ['csv', 'tsv', 'ndjson', 'parquet', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

export interface DownloadAsk {
  readonly format: Format;
  /** Undefined: the current one. */
  readonly version: number | undefined;
  /** Whether texts that a spreadsheet would take for formulas are marked; undefined: as the route has it. */
  readonly isSafe: boolean | undefined;
  /** The rest of the query string: PostgREST's filters, `select`, `order`, `limit` and `offset`. */
  readonly search: string;
}

/**
 * No filter looks like one of these: a filter's value has an operator and a dot. So a dataset may have columns of these
 * names, and be filtered by them.
 */
const OURS = /^(?:format=([a-z]{1,16})|version=([1-9][0-9]{0,8})|safe=([01]))$/;

const isFormat = (text: string | undefined): text is Format =>
  (FORMATS as readonly (string | undefined)[]).includes(text);

/** 400 `unknown_format`: `format` names none that there is. */
export const unknownFormat = (): Problem =>
  new Problem(400, 'unknown_format', 'There is no such format', {
    field: 'format',
    detail: `There are ${FORMATS.join(', ')}.`,
  });

/** Throws a Problem for a format that there is not; CSV where none is named. @param search without its `?`. */
export const readDownloadAsk = (search: string): DownloadAsk => {
  const rest: string[] = [];
  let format = 'csv';
  let version: number | undefined;
  let isSafe: boolean | undefined;
  for (const part of search.split('&')) {
    const found = OURS.exec(part);
    if (found === null) rest.push(part);
    else if (found[1] !== undefined) format = found[1];
    else if (found[2] === undefined) isSafe = found[3] === '1';
    else version = Number(found[2]);
  }
  if (!isFormat(format)) throw unknownFormat();
  return { format, version, isSafe, search: rest.join('&') };
};
