/** What is said between the main thread and a hash thread: one job, then its answer; plain data. */
import type { Assessment } from './strength.ts';
import type { Phc } from './phc.ts';

/** Passwords are in clear here, in their normal form; they go from memory to memory and nowhere else. */
export type HashJob =
  | { readonly kind: 'hash'; readonly password: string }
  | {
      readonly kind: 'verify';
      readonly password: string;
      readonly phc: Phc;
      /** False where the answer is no whatever the work says. */
      readonly counts: boolean;
    }
  | { readonly kind: 'assess'; readonly password: string; readonly userInputs: readonly string[] };

export type HashAnswer =
  | { readonly kind: 'hash'; readonly phc: string }
  | { readonly kind: 'verify'; readonly ok: boolean }
  | { readonly kind: 'assess'; readonly assessment: Assessment }
  /** The class of the error; its message might quote input. */
  | { readonly kind: 'failed'; readonly error: string };
