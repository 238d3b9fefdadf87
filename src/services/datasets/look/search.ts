/** Looks for words, or a part of a text, in all columns of text. */
import { Problem } from '../../../foundation/problem.ts';
import type { Reply } from '../../../http/route.ts';
import type { Database } from '../../../store/database.ts';
import { renderedStatement } from '../../../store/rendered.ts';
import { inScope, type DatasetActor } from '../access/actor.ts';
import { ROW_COLUMN } from '../access/content.ts';
import { openVersion, readVersion, type OpenVersion } from '../export/open-version.ts';
import type { ResultRow } from '../query/plan-request.ts';
import { parseQuery } from '../query/parse-query.ts';
import { refuseAnswerSize } from '../query/problems.ts';
import { chooseRange } from '../query/range.ts';
import { renderRead } from '../query/render-read.ts';
import type { Condition, Operation, Query } from '../query/tree.ts';
import { searchedColumns } from '../query/words-sql.ts';
import type { Target } from '../rows/target.ts';
import { wireProblemOf } from '../rows/wire-errors.ts';
import type { IndexUse } from './index-use.ts';
import { noteLook, type Looker } from './note-look.ts';

export type SearchMode = 'words' | 'part';

export interface SearchRequest extends Looker {
  readonly actor: DatasetActor;
  readonly target: Target;
  /** What is looked for; 1 to 200 letters. */
  readonly words: string;
  /** Undefined: parts of texts in small datasets, words in large ones. */
  readonly mode: SearchMode | undefined;
  /** PostgREST's filters, `select`, `order`, `limit` and `offset` for the rows among which is looked. */
  readonly search: string;
}

/** Rows up to which every text is read letter by letter. */
const MOST_BY_PART = 200_000;
/** Rows of one answer, and rows up to which is counted. */
const ROW_CAP = 1000;
const COUNT_CAP = 10_000;
const SEARCH_MS = 10_000;

/** 422 `nothing_to_search`: no column holds text. */
export const nothingToSearch = (): Problem =>
  new Problem(422, 'nothing_to_search', 'The dataset has no column of text');

/** What a pattern would read as its own is a letter here; a `*` stands for anything, as in PostgREST's `ilike`. */
const partOf = (words: string): string => `*${words.replaceAll(/[\\%_]/g, String.raw`\$&`)}*`;

/** Parts are looked for in each column, words in all of them together, in the very form that an index of them has. */
const lookFor = (
  words: string,
  mode: SearchMode,
  columns: readonly string[],
  { conditions }: Query,
): Pick<Query, 'conditions' | 'words'> => {
  if (mode === 'words') return { conditions, words: { columns, value: words } };
  const operation: Operation = { kind: 'compare', operator: 'ilike', value: partOf(words) };
  const inEach = columns.map((name): Condition => {
    return { kind: 'filter', field: { name, path: [] }, negated: false, operation };
  });
  return { conditions: [...conditions, { kind: 'or', negated: false, conditions: inEach }] };
};

/** The query with what is looked for; the number of a row comes first where no columns were chosen. */
const withWords = (query: Query, open: OpenVersion, asked: SearchRequest): Query => {
  const mode = asked.mode ?? (open.rows > MOST_BY_PART ? 'words' : 'part');
  const columns = searchedColumns(open.tables.now.columns);
  if (columns.length === 0) throw nothingToSearch();
  const [only] = query.select;
  const isAll = query.select.length === 1 && only?.kind === 'all';
  return {
    ...query,
    ...lookFor(asked.words, mode, columns, query),
    ...(isAll && { select: [{ kind: 'field', field: { name: ROW_COLUMN, path: [] } }, { kind: 'all' }] }),
  };
};

const JSON_ARRAY = {
  form: 'array',
  contentType: 'application/json; charset=utf-8',
  stripped: false,
} as const;

/** Makes the function that answers. It rejects with Problems, of which most are QueryProblems. */
export const createSearch = (
  database: Database,
  use?: Pick<IndexUse, 'countSearch'>,
): ((asked: SearchRequest) => Promise<Reply>) => {
  return async (asked) => {
    const { actor, target } = asked;
    try {
      return await inScope(database, actor, async (tx) => {
        const open = await openVersion(tx, actor, target);
        await noteLook(tx, open, asked);
        const query = withWords(parseQuery(asked.search, open.name), open, asked);
        use?.countSearch(open.dataset, asked.now);
        const range = chooseRange(query, undefined, ROW_CAP);
        const [row] = await readVersion(tx, open, (catalogue) => {
          const { statement } = renderRead(query, catalogue, {
            media: JSON_ARRAY,
            range,
            count: 'estimated',
            countCap: COUNT_CAP,
            aggregates: false,
            single: false,
          });
          return tx.rendered<ResultRow>(renderedStatement(statement.text, statement.values), SEARCH_MS);
        });
        const { page: rows = 0, total = null, body = null } = row ?? {};
        if (body === null) throw refuseAnswerSize();
        const counted = total === null || total > COUNT_CAP ? '*' : String(total);
        const span = rows === 0 ? '*' : `${range.offset}-${range.offset + rows - 1}`;
        return {
          status: 200,
          headers: {
            'cache-control': 'no-store',
            'content-type': JSON_ARRAY.contentType,
            'content-range': `${span}/${counted}`,
            'dataset-version': String(open.version),
          },
          body,
        };
      });
    } catch (error) {
      throw wireProblemOf(error);
    }
  };
};
