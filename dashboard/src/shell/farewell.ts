/** The receipt of a deleted account, for the one page that is shown afterwards. */
import type { Receipt } from '../api/shapes.ts';

let receipt: Receipt | undefined;

export const keepReceipt = (value: Receipt): void => {
  receipt = value;
};

/** What `keepReceipt` was given; undefined once the page was loaded anew. */
export const keptReceipt = (): Receipt | undefined => receipt;
