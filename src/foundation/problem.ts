/** How somebody who is signed in can prove anew who they are. */
export const PROOF_METHODS = ['password', 'totp', 'passkey'] as const;
export type ProofMethod = (typeof PROOF_METHODS)[number];

/** Extension members of problem+json (RFC 9457 §3.2): words of our own that a program acts on, never a caller's. */
export interface ProblemExtensions {
  /** With `fresh_proof_required`: what would do. */
  readonly methods?: readonly ProofMethod[];
}

/** What a caller may learn about a request that ended early. Never carries a value that the caller sent. */
export interface ProblemOptions {
  /** One sentence for the caller: what is wrong and what to do. */
  readonly detail?: string;
  /** The parameter, header or JSON pointer at fault; always a name from our own schema. */
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: ProblemExtensions;
  /** For the operator only; never rendered. */
  readonly cause?: unknown;
}

/**
 * An expected end of a request (RFC 9457). Features list theirs in `problems.ts`; `code` is stable API.
 * Anything thrown that is not a Problem is a bug and is shown as an opaque 500.
 */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: ProblemExtensions;

  constructor(status: number, code: string, title: string, options: ProblemOptions = {}) {
    // Finding out where it was made costs more than all the rest of a refusal, and nobody asks where callers were wrong.
    const { stackTraceLimit } = Error;
    if (status < 500) Error.stackTraceLimit = 0;
    super(`${code}: ${title}`, { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = options.detail;
    this.field = options.field;
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }
}
