/** What the page and the estimator's thread say to each other. */
import type { Assessment } from './assess.ts';

export interface StrengthQuestion {
  readonly id: number;
  readonly password: string;
  readonly context: readonly string[];
}

export interface StrengthAnswer extends Assessment {
  readonly id: number;
}
