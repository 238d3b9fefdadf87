/** Which literal texts a string must hold for a regular expression to match it: what a prefilter can look for first. */
import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** A match holds at least one text of each clause. */
type Clauses = readonly (readonly string[])[];

interface Needs {
  /** All that the node can match, in lower case, where that is a short list. */
  readonly exact: readonly string[] | undefined;
  readonly clauses: Clauses;
}

const LONGEST_LIST = 64;
const SHORTEST_LITERAL = 2;
const NOTHING: Needs = { exact: undefined, clauses: [] };

const isAscii = (code: number): boolean => code < 128;
const lower = (code: number): string => String.fromCharCode(code).toLowerCase();

/** Of texts that hold one another only the shortest say something. */
const withoutLonger = (texts: readonly string[]): readonly string[] => {
  const kept: string[] = [];
  for (const text of [...new Set(texts)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
    if (!kept.some((shorter) => text.includes(shorter))) kept.push(text);
  }
  return kept;
};

const clauseOf = (texts: readonly string[]): Clauses =>
  texts.every(({ length }) => length >= SHORTEST_LITERAL) ? [withoutLonger(texts)] : [];

const shortestOf = (clause: readonly string[]): number => Math.min(...clause.map(({ length }) => length));

/** The clause that says most: few texts, and long ones. */
const strongest = (clauses: Clauses): readonly string[] | undefined =>
  clauses.toSorted((a, b) => shortestOf(b) - shortestOf(a) || a.length - b.length)[0];

const ofClass = (node: AST.CharacterClass): Needs => {
  const characters = new Set<string>();
  for (const element of node.elements) {
    if (node.negate || element.type !== 'Character' || !isAscii(element.value)) return NOTHING;
    characters.add(lower(element.value));
  }
  return characters.size === 0 || characters.size > 4 ? NOTHING : { exact: [...characters], clauses: [] };
};

const ofSequence = (elements: readonly AST.Element[]): Needs => {
  const clauses: (readonly string[])[] = [];
  let run: readonly string[] = [''];
  let whole = true;
  const flush = (): void => {
    clauses.push(...clauseOf(run));
    run = [''];
    whole = false;
  };
  for (const element of elements) {
    const needs = needsOf(element);
    const { exact } = needs;
    if (exact === undefined) {
      flush();
      clauses.push(...needs.clauses);
      continue;
    }
    if (run.length * exact.length > LONGEST_LIST) flush();
    run = run.flatMap((before) => exact.map((after) => before + after));
  }
  if (whole) return { exact: run, clauses: clauseOf(run) };
  clauses.push(...clauseOf(run));
  return { exact: undefined, clauses };
};

const ofAlternatives = (alternatives: readonly AST.Alternative[]): Needs => {
  const all = alternatives.map(({ elements }) => ofSequence(elements));
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const exact = all.flatMap((needs) => needs.exact ?? []);
  const isExact = all.every((needs) => needs.exact !== undefined) && exact.length <= LONGEST_LIST;
  const best = all.map((needs) => strongest(needs.clauses));
  const texts = best.flatMap((clause) => clause ?? []);
  return {
    exact: isExact ? [...new Set(exact)] : undefined,
    clauses: best.every((clause) => clause !== undefined) ? clauseOf(texts) : [],
  };
};

const ofQuantifier = (node: AST.Quantifier): Needs => {
  const needs = needsOf(node.element);
  if (node.min === 0) {
    const isShort = node.max === 1 && needs.exact !== undefined && needs.exact.length <= 4;
    return isShort ? { exact: ['', ...(needs.exact ?? [])], clauses: [] } : NOTHING;
  }
  return node.max === 1 ? needs : { exact: undefined, clauses: needs.clauses };
};

const needsOf = (node: AST.Element): Needs => {
  switch (node.type) {
    case 'Character':
      return isAscii(node.value) ? { exact: [lower(node.value)], clauses: [] } : NOTHING;
    case 'CharacterClass':
      return ofClass(node);
    case 'Assertion':
      // Of no width: what stands on both sides stands together.
      return { exact: [''], clauses: [] };
    case 'CapturingGroup':
    case 'Group':
      return ofAlternatives(node.alternatives);
    case 'Quantifier':
      return ofQuantifier(node);
    case 'CharacterSet':
    case 'Backreference':
    case 'ExpressionCharacterClass':
      break;
  }
  return NOTHING;
};

/**
 * @param pattern of a regular expression without the flags `u` and `v`.
 * @returns clauses in lower case: a text that the expression matches, in whatever case, holds a text of each.
 * @throws SyntaxError when the pattern is none.
 */
export const requiredLiterals = (pattern: string): Clauses => {
  const { alternatives } = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(pattern);
  return ofAlternatives(alternatives).clauses;
};
