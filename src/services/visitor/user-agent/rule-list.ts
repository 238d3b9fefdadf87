/** A list of rules of which the first that matches tells; only those are tried whose literals the text holds. */
import { ownCopy } from '../../../foundation/own-copy.ts';
import type { PackedRule } from './rules.ts';

export interface RuleList {
  /**
   * The facts of the first rule that matches, a copy of its own for each: nothing in them refers to the text.
   * @param found numbers of the literals that the text holds, the first `size` of them.
   * @param holds tells the same by number: not 0 where the text holds the literal.
   * @returns '' for a fact that is not told; undefined when no rule matches.
   */
  read(text: string, found: Uint16Array, size: number, holds: Uint8Array): readonly string[] | undefined;
}

const WORD = 32;

const fillIn = (template: string, match: RegExpExecArray): string =>
  template.includes('$')
    ? ownCopy(template.replaceAll(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '').trim())
    : template;

/** For each literal the rules whose first clause holds it. */
const rulesByLiteral = (rules: readonly PackedRule[]): ReadonlyMap<number, Uint16Array> => {
  const lists = new Map<number, number[]>();
  for (const [rule, [, , , clauses]] of rules.entries()) {
    for (const literal of clauses[0] ?? []) {
      const list = lists.get(literal);
      if (list === undefined) lists.set(literal, [rule]);
      else list.push(rule);
    }
  }
  return new Map([...lists].map(([literal, list]) => [literal, Uint16Array.from(list)]));
};

const holdsOneOf = (clause: readonly number[], holds: Uint8Array): boolean => {
  for (const literal of clause) if (holds[literal] !== 0) return true;
  return false;
};

/** @param literals how many there are in all. */
export const createRuleList = (rules: readonly PackedRule[], literals: number): RuleList => {
  const byLiteral = rulesByLiteral(rules);
  const triggered = Array.from({ length: literals }, (_, literal) => byLiteral.get(literal));
  const further = rules.map(([, , , clauses]) => clauses.slice(1));
  const expressions = rules.map(([pattern, flags]) => new RegExp(pattern, flags));
  const always = new Uint32Array(Math.ceil(rules.length / WORD));
  for (const [rule, [, , , clauses]] of rules.entries()) {
    if (clauses.length === 0) always[rule >>> 5] = (always[rule >>> 5] ?? 0) | (1 << (rule & 31));
  }
  const marks = new Uint32Array(always.length);
  return {
    read: (text, found, size, holds) => {
      marks.set(always);
      for (let index = 0; index < size; index += 1) {
        const list = triggered[found[index] ?? 0];
        if (list === undefined) continue;
        for (const rule of list) marks[rule >>> 5] = (marks[rule >>> 5] ?? 0) | (1 << (rule & 31));
      }
      for (let word = 0; word < marks.length; word += 1) {
        let bits = marks[word] ?? 0;
        while (bits !== 0) {
          const rule = word * WORD + (31 - Math.clz32(bits & -bits));
          bits &= bits - 1;
          if (!(further[rule] ?? []).every((clause) => holdsOneOf(clause, holds))) continue;
          const match = expressions[rule]?.exec(text);
          const templates = rules[rule]?.[2];
          if (match && templates !== undefined) return templates.map((template) => fillIn(template, match));
        }
      }
      return undefined;
    },
  };
};
