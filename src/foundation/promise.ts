/** How the truth of a promise is known; said openly beside each sentence. */
export const PROMISE_KINDS = [
  'enforced by configuration',
  'proved by schema',
  'canary-tested',
  'repeatable from outside',
  'attested by a person',
] as const;
export type PromiseKind = (typeof PROMISE_KINDS)[number];

/** What a check found. Evidence is a sentence for the public: counts and measurements, never a caller's value. */
export interface CheckResult {
  readonly state: 'kept' | 'broken';
  readonly evidence: string;
  /** Numbers that the sentence itself quotes, such as a measured time. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** One sentence of the public security page, with what enforces it and a check that runs against the live system. */
export interface PromiseDefinition {
  /** Stable kebab-case name, part of the public address of the promise. */
  readonly id: string;
  readonly kind: PromiseKind;
  /** The sentence; numbers in it come from configuration or from the last check's figures. */
  sentence(figures: Readonly<Record<string, number>>): string;
  readonly enforcedBy: string;
  /** A command that a stranger can run, where there is one. */
  readonly repeat?: string;
  /** Looks at the running system. Anything thrown counts as not checked, never as kept. */
  check(): Promise<CheckResult>;
}
