/** A download: what it needs is found out before its first byte, then its rows go out part by part. */
import { Problem } from '../../../foundation/problem.ts';
import type { Reply } from '../../../http/route.ts';
import type { Database } from '../../../store/database.ts';
import { renderedStatement } from '../../../store/rendered.ts';
import type { Transaction } from '../../../store/transaction.ts';
import { inScope, type DatasetActor } from '../access/actor.ts';
import { noteUse } from '../access/note-use.ts';
import type { Catalogue } from '../query/catalogue.ts';
import { parseQuery } from '../query/parse-query.ts';
import { refuseNegativeLimit } from '../query/problems.ts';
import type { Statement } from '../query/sql.ts';
import type { Query } from '../query/tree.ts';
import { wireProblemOf } from '../rows/wire-errors.ts';
import type { Target } from '../rows/target.ts';
import type { KeyId } from '../../../foundation/ids.ts';
import type { DownloadAsk } from './asked-download.ts';
import type { Cells, ColumnFacts, DownloadColumn, FormatWriter } from './format-writer.ts';
import { kindOf } from './formats.ts';
import { openVersion, readVersion, type OpenVersion } from './open-version.ts';
import { createPlaces, type Place } from './places.ts';
import { columnsOf, renderExtent, renderFacts, renderOrdered } from './render-rows.ts';
import { PART_MS, readParts } from './row-parts.ts';
import { LONGEST_SHEET_CELL, MOST_SHEET_ROWS } from './xlsx.ts';

export interface DownloadRequest {
  readonly actor: DatasetActor;
  /** The key that asks; left out for members. */
  readonly key?: KeyId;
  readonly target: Target;
  readonly ask: DownloadAsk;
  /** Whether cells are guarded where the request does not say. */
  readonly isSafe: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Rows that can be put in order for one download: their numbers are held, eight bytes and a text each. */
export const MOST_ORDERED = 1_000_000;

/** A part of a zip without the 64-bit extension has 4 GiB; markup comes to the cells. */
const MOST_SHEET_BYTES = 3_900_000_000;
/** What one cell, one row and one letter of a text take at the most besides themselves: tags, and `_x000D_` for a control character. */
const CELL_BYTES = 60;
const ROW_BYTES = 20;
const GROWTH = 7;

/** 422 `too_large_for_format`: the rows do not fit into a sheet. */
export const tooLargeForFormat = (what: string): Problem =>
  new Problem(422, 'too_large_for_format', 'The rows do not fit into this format', {
    field: 'format',
    detail: `${what} Take csv or parquet, or fewer rows by a filter.`,
  });

/** 422 `too_many_to_order`: more rows than can be put in order. */
export const tooManyToOrder = (): Problem =>
  new Problem(422, 'too_many_to_order', 'These are too many rows to be put in order', {
    field: 'order',
    detail: `At most ${MOST_ORDERED} rows are downloaded in an order of your own. Leave it out, or filter.`,
  });

const oneOf = async <Row>(
  tx: Transaction,
  open: OpenVersion,
  render: (catalogue: Catalogue) => Statement,
): Promise<Row> => {
  const [row] = await readVersion(tx, open, (catalogue) => {
    const { text, values } = render(catalogue);
    return tx.rendered<Row>(renderedStatement(text, values), PART_MS);
  });
  if (row === undefined) throw new TypeError('An aggregate gives one row.');
  return row;
};

/** What a sheet cannot hold is said while it still can be. */
const refuseTooLarge = async (
  tx: Transaction,
  open: OpenVersion,
  query: Query,
  columns: number,
): Promise<void> => {
  const extent = await oneOf<{ rows: string; bytes: string; longest: string }>(tx, open, (catalogue) =>
    renderExtent(query, catalogue, MOST_SHEET_ROWS),
  );
  if (Number(extent.rows) >= MOST_SHEET_ROWS)
    throw tooLargeForFormat(`A sheet has at most ${MOST_SHEET_ROWS - 1} rows below its first.`);
  if (Number(extent.longest) > LONGEST_SHEET_CELL)
    throw tooLargeForFormat(`A cell of a sheet has at most ${LONGEST_SHEET_CELL} letters.`);
  const rowBytes = columns * CELL_BYTES + ROW_BYTES;
  const most = Number(extent.bytes) * GROWTH + Number(extent.rows) * rowBytes;
  // A zip without 64-bit fields holds four gigabytes a file; it would be written and could not be opened.
  if (most > MOST_SHEET_BYTES)
    throw tooLargeForFormat('A sheet may be too large to be opened: take another format.');
};

const factsOf = (column: DownloadColumn, text: string | null | undefined): ColumnFacts => ({
  scale: column.type === 'numeric' && typeof text === 'string' ? Number(text) : undefined,
  isPlainTime: text === 'true',
});

interface Prepared {
  readonly open: OpenVersion;
  readonly query: Query;
  readonly columns: readonly DownloadColumn[];
  readonly ordered: readonly string[] | undefined;
}

const prepare = async (
  tx: Transaction,
  { actor, key, target, ask, now }: DownloadRequest,
): Promise<Prepared> => {
  const { format } = ask;
  const open = await openVersion(tx, actor, { ...target, version: ask.version ?? target.version });
  const query = parseQuery(ask.search, open.name);
  if (query.limit !== undefined && query.limit < 0) throw refuseNegativeLimit();
  let columns = columnsOf(query, open.tables.now);
  if (format === 'xlsx') await refuseTooLarge(tx, open, query, columns.length);
  if (format === 'parquet') {
    const { facts } = await oneOf<{ facts: string }>(tx, open, (catalogue) => renderFacts(query, catalogue));
    const texts = JSON.parse(facts) as readonly (string | null)[];
    columns = columns.map((column, index) => ({ ...column, facts: factsOf(column, texts[index]) }));
  }
  let ordered: readonly string[] | undefined;
  if (query.order.length > 0) {
    const { rows } = await oneOf<{ rows: string }>(tx, open, (catalogue) =>
      renderOrdered(query, catalogue, MOST_ORDERED + 1),
    );
    ordered = rows === '' ? [] : rows.split(',');
    if (ordered.length > MOST_ORDERED) throw tooManyToOrder();
  }
  await noteUse(tx, {
    dataset: open.dataset,
    action: 'datasets.export',
    details: { version: open.version, format, filtered: query.conditions.length > 0 },
    at: now,
    ...(key !== undefined && { key }),
  });
  return { open, query, columns, ordered };
};

/** Names of datasets are plain; were one not, no header would be split by it. */
const fileName = ({ name, version }: OpenVersion, format: string): string =>
  `${name.replaceAll(/[^A-Za-z0-9_-]/g, '_')}-v${version}.${format}`;

const isSome = (piece: string | Uint8Array): boolean => piece.length > 0;

async function* written(
  writer: FormatWriter,
  first: IteratorResult<readonly Cells[], void>,
  parts: AsyncGenerator<readonly Cells[], void, undefined>,
  place: Place,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  try {
    const head = writer.begin();
    if (isSome(head)) yield head;
    for (let part = first; part.done !== true; part = await parts.next()) {
      const piece = writer.write(part.value);
      if (isSome(piece)) yield piece;
    }
    const end = writer.end();
    if (isSome(end)) yield end;
  } finally {
    place.giveBack();
    await parts.return();
  }
}

/** A reader who left before the head was written never begins; its place is then taken back by the clock. */
const BEGIN_MS = 30_000;

/** Pieces, and what ends them where their place goes to another: the answer then breaks off, and is not taken for whole. */
const lend = (
  place: Place,
  pieces: AsyncGenerator<string | Uint8Array>,
): { readonly pieces: AsyncIterable<string | Uint8Array>; readonly end: () => void } => {
  const timer = setTimeout(place.giveBack, BEGIN_MS).unref();
  let isLost = false;
  const next = async (): Promise<IteratorResult<string | Uint8Array, void>> => {
    if (isLost) throw new Error('the place of this download went to another');
    place.goOn();
    const piece = await pieces.next();
    place.wait();
    return piece;
  };
  return {
    pieces: {
      [Symbol.asyncIterator]: () => {
        clearTimeout(timer);
        return {
          next,
          // The part under way still has its connection; who leaves and comes back gets no further one meanwhile.
          return: async () => {
            try {
              return await pieces.return(undefined);
            } finally {
              place.giveBack();
            }
          },
        };
      },
    },
    end: () => {
      isLost = true;
      clearTimeout(timer);
      // What it holds is let go at once, and not only when its reader comes back.
      pieces.return(undefined).catch(() => undefined);
    },
  };
};

/** Makes the function that answers downloads; `monotonic` gives milliseconds. It rejects with Problems, of which most are QueryProblems. */
export const createDownload = (
  database: Database,
  monotonic: () => number,
): ((asked: DownloadRequest) => Promise<Reply>) => {
  const places = createPlaces(monotonic);
  return async (asked) => {
    const { actor, key, ask } = asked;
    let end: (() => void) | undefined;
    const place = places.take({ company: actor.company, one: actor.user ?? key ?? '' }, () => end?.());
    try {
      const { open, query, columns, ordered } = await inScope(database, actor, (tx) => prepare(tx, asked));
      const kind = await kindOf(ask.format);
      const parts = readParts(database, {
        actor,
        open,
        query,
        columns,
        kind,
        ...(ordered !== undefined && { ordered }),
      });
      // What is wrong with the query is found here, while it still can be said.
      const first = await parts.next();
      const writer = kind.open(columns, ask.isSafe ?? asked.isSafe);
      const lent = lend(place, written(writer, first, parts, place));
      ({ end } = lent);
      return {
        status: 200,
        headers: {
          'cache-control': 'no-store',
          'content-type': kind.contentType,
          'content-disposition': `attachment; filename="${fileName(open, ask.format)}"`,
          'dataset-version': String(open.version),
        },
        body: '',
        pieces: lent.pieces,
      };
    } catch (error) {
      place.giveBack();
      throw wireProblemOf(error);
    }
  };
};
