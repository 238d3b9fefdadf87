/** What is asked of rows, once it is known who asks and of which dataset. */
import type { KeyId } from '../../../foundation/ids.ts';
import type { DatasetActor } from '../access/actor.ts';
import type { Answer, DatasetRequest, Settings } from '../query/plan-request.ts';
import type { Target } from './target.ts';

export interface Asked {
  readonly actor: DatasetActor;
  /** The key that asks; left out for members. */
  readonly key?: KeyId;
  readonly target: Target;
  readonly request: DatasetRequest;
  /** The version that a change expects (`If-Match`); left out where any will do. */
  readonly expected?: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export interface RowsAnswer {
  readonly answer: Answer;
  /** Of the dataset, with this change. */
  readonly version: number;
}

/** Rows in one answer at most; more come page by page, or as a download. */
export const ROW_CAP = 1000;

export const SETTINGS: Settings = { rowCap: ROW_CAP, aggregates: true };
