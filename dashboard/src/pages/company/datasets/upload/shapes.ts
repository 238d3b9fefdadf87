/** What the server says about uploads. */

import type { Reply } from '../../../../api/client.ts';

export type UploadState = Reply<'dataset-uploads.state'>;

const FAILURES: Readonly<Record<string, string>> = {
  rows_rejected: 'Some rows do not fit their columns. Correct the types, or load without those rows.',
  version_conflict: 'Somebody changed the dataset meanwhile. Look at it, then load again.',
  duplicate_key: 'Two rows have the same key. Choose another key, or none.',
  right_lost: 'You may not change this dataset any more.',
  dataset_gone: 'The dataset was deleted meanwhile.',
  columns_differ:
    'The columns of the file are not those of the dataset. Rename them here, or replace the dataset.',
  bytes_lost: 'The file was lost on the server. Upload it again.',
  disk_full: 'The server has no room. Tell whoever runs it.',
  given_up:
    'The server ended each time that it read this file. Tell whoever runs it, or send it in another form.',
  too_large_to_read:
    'Reading this file takes more memory than there is. Send it in another form, such as CSV.',
  internal_error: 'Something went wrong on the server. Try again.',
};

/** Why nothing was loaded, and what to do. @param canCorrect whether the file could be read well enough to be corrected. */
export const sayFailure = (failure: string | null, canCorrect: boolean): string =>
  FAILURES[failure ?? ''] ??
  (canCorrect ? 'Correct how it is read, or load another file.' : 'Discard it, and upload another file.');

/** "this is no file" → "This is no file." */
export const asSentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

export interface PlannedColumn {
  readonly name: string;
  readonly type: string;
}

/** What all cells of one column have in common. */
export interface ColumnProfile {
  readonly heading: string;
  /** The narrowest type that gives every cell back as it is. */
  readonly found: string;
  /** Types that can read every cell but would print some of them otherwise. */
  readonly alternatives: readonly string[];
  readonly samples: readonly string[];
  readonly nulls: number;
  readonly empty: number;
}

export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
  readonly decimal: string;
  /** Whether the apostrophes that a safe download has before formulas come off; never found, only said. */
  readonly guarded?: boolean;
}

/** What was found in a file. What its format does not have is left out. */
export interface FilePlan {
  readonly format?: string;
  readonly encoding?: string;
  readonly dialect?: Dialect;
  readonly sheets?: readonly string[];
  readonly sheet?: string;
  /** Of sheets. */
  readonly header?: boolean;
  readonly nullWords?: readonly string[];
  readonly columns: readonly PlannedColumn[];
  readonly profile?: readonly ColumnProfile[];
  readonly key?: readonly string[];
  readonly keyCandidates?: readonly string[];
  readonly rows?: number;
  readonly problems?: readonly {
    readonly code: string;
    readonly message: string;
    readonly line?: number;
    readonly column?: string;
    readonly count?: number;
  }[];
}

/** The plan, whose members the description leaves open; undefined where there is none. */
export const planIn = (reply: Reply<'dataset-uploads.plan'> | undefined): FilePlan | undefined =>
  (reply?.plan ?? undefined) as FilePlan | undefined;
