/** PostgREST's query language as a tree: what a request asks for, before any column is known. */

/** One step into a JSON value: `->` gives JSON, `->>` gives text; a number is a place in an array. */
export interface JsonStep {
  readonly as: 'json' | 'text';
  readonly key: string | number;
}

/** A column by the name that the request uses, and the way into it. */
export interface Field {
  readonly name: string;
  readonly path: readonly JsonStep[];
}

export const COMPARISONS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte'] as const;
export const PATTERNS = ['like', 'ilike', 'match', 'imatch'] as const;
export const CONTAINERS = ['cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj'] as const;
export const TEXT_SEARCHES = ['fts', 'plfts', 'phfts', 'wfts'] as const;
export const STATES = ['null', 'not_null', 'true', 'false', 'unknown'] as const;

export type Comparison = (typeof COMPARISONS)[number];
export type Pattern = (typeof PATTERNS)[number];
export type Container = (typeof CONTAINERS)[number];
export type TextSearch = (typeof TEXT_SEARCHES)[number];
export type State = (typeof STATES)[number];
export type Quantifier = 'any' | 'all';

/** What stands after the field: `not.` is the condition's, not the operation's. */
export type Operation =
  | {
      readonly kind: 'compare';
      readonly operator: Comparison | Pattern;
      readonly quantifier?: Quantifier;
      readonly value: string;
    }
  | { readonly kind: 'contain'; readonly operator: Container; readonly value: string }
  | { readonly kind: 'in'; readonly values: readonly string[] }
  | { readonly kind: 'is'; readonly state: State }
  | { readonly kind: 'isdistinct'; readonly value: string }
  | {
      readonly kind: 'search';
      readonly operator: TextSearch;
      readonly language?: string;
      readonly value: string;
    };

export interface Filter {
  readonly kind: 'filter';
  readonly field: Field;
  readonly negated: boolean;
  readonly operation: Operation;
}

export interface Group {
  readonly kind: 'and' | 'or';
  readonly negated: boolean;
  readonly conditions: readonly Condition[];
}

/** What is looked for in the words of all these columns together. */
export interface Words {
  /** At least one. */
  readonly columns: readonly string[];
  readonly value: string;
}

export type Condition = Filter | Group;

export const AGGREGATES = ['sum', 'avg', 'count', 'max', 'min'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** One column of the answer. `count()` has no field; casts are names of types as the request writes them. */
export type SelectItem =
  | { readonly kind: 'all' }
  | { readonly kind: 'count'; readonly alias?: string; readonly cast?: string }
  | {
      readonly kind: 'field';
      readonly field: Field;
      readonly alias?: string;
      readonly cast?: string;
      readonly aggregate?: Aggregate;
      readonly aggregateCast?: string;
    };

export interface OrderTerm {
  readonly field: Field;
  readonly direction?: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
}

/** The whole query string. */
export interface Query {
  /** Left out in the request: all columns. */
  readonly select: readonly SelectItem[];
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
  /** Must hold besides; no query string says it, only the search of a dataset. */
  readonly words?: Words;
  readonly order: readonly OrderTerm[];
  /** Rows at most; below 0 is kept, since only the range as a whole can be refused. */
  readonly limit?: number;
  /** Rows to leave out first; 0 or more. */
  readonly offset: number;
  readonly columns?: readonly string[];
  readonly onConflict?: readonly string[];
}
