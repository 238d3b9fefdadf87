/** A plain backtracking matcher that counts what it does: how hard a text is for a regular expression, without a clock. */
import { RegExpParser, type AST } from '@eslint-community/regexpp';

type Rest = (at: number) => boolean;
type Matcher = (at: number, rest: Rest) => boolean;

/** Parts of one character, which make up nearly all repetitions. */
type Single = (code: number) => boolean;

const TOO_MANY = new Error('too many steps');

/**
 * @param text ASCII.
 * @param limit where counting stops.
 * @returns how many characters were looked at, all starting places together, until a match or until there is none.
 * @throws TypeError for a part that is not known here: a backreference.
 */
export const countSteps = (pattern: string, flags: string, text: string, limit: number): number => {
  let steps = 0;

  const single = (node: AST.Element): Single | undefined => {
    if (node.type !== 'Character' && node.type !== 'CharacterSet' && node.type !== 'CharacterClass')
      return undefined;
    const expression = new RegExp(`^(?:${node.raw})`, flags);
    const known = Array.from({ length: 128 }, (_, code) => expression.test(String.fromCharCode(code)));
    return (code) => {
      steps += 1;
      if (steps >= limit) throw TOO_MANY;
      return known[code] ?? false;
    };
  };

  const assertion = (node: AST.Assertion): Matcher => {
    switch (node.kind) {
      case 'start':
        return (at, rest) => at === 0 && rest(at);
      case 'end':
        return (at, rest) => at === text.length && rest(at);
      case 'word': {
        const isWord = (at: number): boolean => /\w/.test(text[at] ?? '');
        return (at, rest) => (isWord(at - 1) !== isWord(at)) !== node.negate && rest(at);
      }
      case 'lookahead': {
        const within = alternatives(node.alternatives);
        return (at, rest) => within(at, () => true) !== node.negate && rest(at);
      }
      case 'lookbehind':
        break;
    }
    // What patterns look for behind is short, and costs what it is long.
    return (at, rest) => rest(at);
  };

  const repeatedSingle =
    (is: Single, { min, max, greedy }: AST.Quantifier): Matcher =>
    (at, rest) => {
      let end = at;
      if (!greedy) {
        while (end - at < min) if (end >= text.length || !is(text.charCodeAt(end++))) return false;
        for (;;) {
          if (rest(end)) return true;
          if (end - at >= max || end >= text.length || !is(text.charCodeAt(end++))) return false;
        }
      }
      while (end - at < max && end < text.length && is(text.charCodeAt(end))) end += 1;
      for (; end - at >= min; end -= 1) if (rest(end)) return true;
      return false;
    };

  const repeated = (node: AST.Quantifier): Matcher => {
    const is = single(node.element);
    if (is !== undefined) return repeatedSingle(is, node);
    const once = element(node.element);
    const from =
      (count: number): Matcher =>
      (at, rest) => {
        const more = (): boolean =>
          count < node.max &&
          once(at, (next) => (next > at || count < node.min) && from(count + 1)(next, rest));
        if (count < node.min) return more();
        return node.greedy ? more() || rest(at) : rest(at) || more();
      };
    return from(0);
  };

  const element = (node: AST.Element): Matcher => {
    const is = single(node);
    if (is !== undefined) return (at, rest) => at < text.length && is(text.charCodeAt(at)) && rest(at + 1);
    switch (node.type) {
      case 'Assertion':
        return assertion(node);
      case 'Group':
      case 'CapturingGroup':
        return alternatives(node.alternatives);
      case 'Quantifier':
        return repeated(node);
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
      case 'Backreference':
        break;
    }
    throw new TypeError(`no such part is known here: ${node.type}`);
  };

  const sequence = ({ elements }: AST.Alternative): Matcher =>
    elements.map(element).reduceRight<Matcher>(
      (after, one) => (at, rest) => one(at, (next) => after(next, rest)),
      (at, rest) => rest(at),
    );

  const alternatives = (nodes: readonly AST.Alternative[]): Matcher => {
    const all = nodes.map(sequence);
    return (at, rest) => all.some((one) => one(at, rest));
  };

  const whole = alternatives(new RegExpParser({ ecmaVersion: 2024 }).parsePattern(pattern).alternatives);
  try {
    for (let start = 0; start <= text.length; start += 1) if (whole(start, () => true)) break;
  } catch (error) {
    if (error !== TOO_MANY) throw error;
  }
  return steps;
};
