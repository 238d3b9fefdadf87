/** What the API said no with, as a value that pages can show. */

/** A refused or failed call (RFC 9457), or one that never arrived (`status` 0). */
export class ApiProblem extends Error {
  readonly status: number;
  /** Stable word for programs: `invalid_request`, `fresh_proof_required`, `offline`, … */
  readonly code: string;
  /** A sentence for people, as the server wrote it. */
  readonly detail: string | undefined;
  /** The input at fault, by its name in the schema. */
  readonly field: string | undefined;
  /** Seconds to wait, where the server said so. */
  readonly retryAfter: number | undefined;
  /** Every member of the problem document, for the few codes that carry more. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, members: Readonly<Record<string, unknown>>, retryAfter?: number) {
    const text = (name: string): string | undefined => {
      const value = members[name];
      return typeof value === 'string' ? value : undefined;
    };
    super(text('title') ?? 'The request was not answered.');
    this.name = 'ApiProblem';
    this.status = status;
    this.members = members;
    this.code = text('code') ?? 'unknown';
    this.detail = text('detail');
    this.field = text('field');
    this.retryAfter = retryAfter;
  }
}

/** Code of a call that the person stopped when asked for a proof: nothing went wrong, nothing needs to be said. */
export const CANCELLED = 'cancelled';

const seconds = (header: string | null): number | undefined => {
  const value = Number(header ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? Math.ceil(value) : undefined;
};

/** Rows of datasets are refused in PostgREST's form: `{code, message, details, hint}`. */
const inOurForm = (members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { title, message, hint, details } = members;
  if (typeof title === 'string' || typeof message !== 'string') return members;
  return { ...members, title: message, detail: hint ?? details };
};

/** Reads a refusal; whatever came instead of problem+json (a proxy's page, nothing) still becomes a problem. */
export const problemFrom = async (response: Response): Promise<ApiProblem> => {
  const retryAfter = seconds(response.headers.get('retry-after'));
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body: unknown = isJson ? await response.json().catch(() => undefined) : undefined;
  const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return new ApiProblem(response.status, inOurForm(members), retryAfter);
};

/** Name of the input at fault; `passkey.name` for one inside of another. The server may write it as a JSON pointer. */
export const fieldOf = (problem: unknown): string | undefined =>
  problem instanceof ApiProblem ? problem.field?.replace(/^[#/]+/, '').replaceAll('/', '.') : undefined;

/** The sentence for a field, where the problem is about this field. */
export const fieldError = (problem: unknown, ...names: readonly string[]): string | undefined => {
  const field = fieldOf(problem);
  if (!(problem instanceof ApiProblem) || field === undefined || !names.includes(field)) return undefined;
  return problem.detail ?? problem.message;
};
