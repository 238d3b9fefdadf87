/** Texts that make a regular expression work as hard as it can: what its repetitions take, again and again. */
import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** A repetition of fewer cannot cost much. */
const LONG = 10;
/** What `.` does not take. */
const END = '\n';

interface Pump {
  readonly before: string;
  /** What one round of the repetition takes. */
  readonly round: string;
}

const ofSet = (node: AST.CharacterSet): string => {
  if (node.kind === 'digit') return node.negate ? 'a' : '1';
  if (node.kind === 'space') return node.negate ? 'a' : ' ';
  return node.kind === 'word' && node.negate ? ' ' : 'a';
};

const ofClass = (node: AST.CharacterClass): string => {
  const expression = new RegExp(node.raw);
  return 'a1 A;-/._Z(~'.split('').find((character) => expression.test(character)) ?? 'a';
};

/** A short text that the element matches; what repetitions it passes on the way is added to `pumps`. */
const sample = (element: AST.Element, before: string, pumps: Pump[]): string => {
  switch (element.type) {
    case 'Character':
      return String.fromCodePoint(element.value);
    case 'CharacterSet':
      return ofSet(element);
    case 'CharacterClass':
      return ofClass(element);
    case 'Group':
    case 'CapturingGroup':
      return sampleAlternatives(element.alternatives, before, pumps);
    case 'Quantifier': {
      const once = sample(element.element, before, pumps);
      if (element.max >= LONG) pumps.push({ before, round: once });
      return once.repeat(Math.min(Math.max(element.min, 1), 3));
    }
    case 'Assertion':
    case 'Backreference':
    case 'ExpressionCharacterClass':
      break;
  }
  return '';
};

const sampleElements = (elements: readonly AST.Element[], before: string, pumps: Pump[]): string => {
  let text = '';
  for (const element of elements) text += sample(element, before + text, pumps);
  return text;
};

const sampleAlternatives = (
  alternatives: readonly AST.Alternative[],
  before: string,
  pumps: Pump[],
): string => {
  // Every alternative is walked for its repetitions; the first that is not empty goes into the text.
  const texts = alternatives.map(({ elements }) => sampleElements(elements, before, pumps));
  return texts.find((text) => text !== '') ?? '';
};

/**
 * @param length of the texts.
 * @returns the repetitions of the pattern, each reached and then filled with what it takes and with what comes after
 * it, so that one takes as much as the next and the match fails as late as it can.
 */
export const attackStrings = (pattern: string, length: number): readonly string[] => {
  const pumps: Pump[] = [];
  const { alternatives } = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(pattern);
  const whole = sampleAlternatives(alternatives, '', pumps);
  const attacks = new Set<string>();
  const fill = (before: string, round: string): void => {
    if (round === '' || before.length >= length) return;
    const room = length - before.length - END.length;
    attacks.add(before + round.repeat(Math.ceil(room / round.length)).slice(0, room) + END);
  };
  fill('', whole.slice(0, -1));
  for (const { before, round } of pumps) {
    const rest = whole.slice(before.length);
    fill(before, round);
    fill(before, rest.slice(0, -1));
    fill('', before + rest.slice(0, 4));
    fill(before, `${round} `);
  }
  return [...attacks];
};
