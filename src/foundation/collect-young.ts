/** Collecting young garbage by hand, for those whose garbage lies outside of V8's heap. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: ((options: { readonly type: 'minor' }) => void) | undefined;

/**
 * Frees the buffers that this thread has just used; a millisecond at most. V8 collects its young when they fill some megabytes of its
 * heap, and a buffer fills only some bytes of it: a megabyte that passes through would wait, counted against the old generation, until
 * that is collected as a whole, forty megabytes of it for each nine that pass through.
 */
export const collectYoung = (): void => {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as typeof collect;
  }
  collect?.({ type: 'minor' });
};
