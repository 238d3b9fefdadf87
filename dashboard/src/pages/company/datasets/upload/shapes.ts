/** What the server says about uploads. */

export interface UploadState {
  readonly id: string;
  readonly filename: string;
  readonly length: number;
  readonly offset: number;
  readonly phase: 'arriving' | 'looking' | 'ready' | 'unreadable' | 'loading' | 'loaded' | 'failed';
  readonly bytes_done: number;
  readonly rows: number;
  readonly rejected: number;
  readonly dataset: string | null;
  readonly version: number | null;
  readonly failure: string | null;
  readonly expires_at: string;
}

const FAILURES: Readonly<Record<string, string>> = {
  rows_rejected: 'Some rows do not fit their columns. Correct the types, or load without those rows.',
  version_conflict: 'Somebody changed the dataset meanwhile. Look at it, then load again.',
  duplicate_key: 'Two rows have the same key. Choose another key, or none.',
  right_lost: 'You may not change this dataset any more.',
  dataset_gone: 'The dataset was deleted meanwhile.',
  columns_differ: 'The columns of the file are not those of the dataset. Rename them here, or replace the dataset.',
  bytes_lost: 'The file was lost on the server. Upload it again.',
  disk_full: 'The server has no room. Tell whoever runs it.',
  internal_error: 'Something went wrong on the server. Try again.',
};

/** Why nothing was loaded, and what to do. */
export const sayFailure = (failure: string | null): string =>
  FAILURES[failure ?? ''] ?? `It cannot be read as it is (${failure ?? 'unknown'}). Correct how it is read.`;
