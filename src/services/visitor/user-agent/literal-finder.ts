/** Finds which of thousands of short texts a string holds, in one pass over it (Aho and Corasick, CACM 18:6, 1975). */

export interface LiteralFinder {
  /**
   * Which literals stand in a text, ASCII letters in either case.
   * @param found receives the numbers of the literals, each once, in no order; as long as the list of literals.
   * @returns how many there are.
   */
  find(text: string, found: Uint16Array): number;
}

const ASCII = 128;
const ROOT = 0;

/** Each character that stands in a literal has a class; all the others share class 0. */
const classesOf = (literals: readonly string[]): { classes: Uint8Array; count: number } => {
  const classes = new Uint8Array(ASCII);
  let count = 1;
  for (const literal of literals) {
    for (let at = 0; at < literal.length; at += 1) {
      const code = literal.charCodeAt(at);
      if (code >= ASCII) throw new RangeError(`not ASCII: ${literal}`);
      if (classes[code] === 0) classes[code] = count++;
    }
  }
  for (let code = 65; code <= 90; code += 1) classes[code] = classes[code + 32] ?? 0;
  return { classes, count };
};

/** For every list the place of its first number in `all`; the last entry closes the last list. */
const flatten = (lists: readonly (readonly number[])[]): { starts: Uint32Array; all: Uint16Array } => {
  const starts = new Uint32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) starts[index + 1] = (starts[index] ?? 0) + list.length;
  return { starts, all: Uint16Array.from(lists.flat()) };
};

/** The trie of the literals; a step that leads nowhere is the root. */
const buildTrie = (
  literals: readonly string[],
  classes: Uint8Array,
  count: number,
): { steps: Uint16Array; ends: number[][] } => {
  const most = literals.reduce((sum, { length }) => sum + length, 1);
  const steps = new Uint16Array(most * count);
  const ends: number[][] = [[]];
  for (const [number, literal] of literals.entries()) {
    let state = ROOT;
    for (let at = 0; at < literal.length; at += 1) {
      const step = state * count + (classes[literal.charCodeAt(at)] ?? 0);
      if (steps[step] === ROOT) steps[step] = ends.push([]) - 1;
      state = steps[step] ?? ROOT;
    }
    ends[state]?.push(number);
  }
  if (ends.length > 0xff_ff) throw new RangeError('more states than two bytes can name');
  return { steps: steps.slice(0, ends.length * count), ends };
};

/** Turns the trie into an automaton: where a step led nowhere, it leads to where the longest suffix leads. */
const addSuffixes = (steps: Uint16Array, ends: number[][], count: number): void => {
  const suffixes = new Uint16Array(ends.length);
  const line: number[] = [];
  for (let kind = 0; kind < count; kind += 1) {
    const child = steps[kind] ?? ROOT;
    if (child !== ROOT) line.push(child);
  }
  for (let next = 0; next < line.length; next += 1) {
    const state = line[next] ?? ROOT;
    const suffix = suffixes[state] ?? ROOT;
    ends[state]?.push(...(ends[suffix] ?? []));
    for (let kind = 0; kind < count; kind += 1) {
      const step = state * count + kind;
      const child = steps[step] ?? ROOT;
      const instead = steps[suffix * count + kind] ?? ROOT;
      if (child === ROOT) {
        steps[step] = instead;
      } else {
        suffixes[child] = instead;
        line.push(child);
      }
    }
  }
};

/**
 * @param literals ASCII, in lower case, none empty; at most 65,535 states together.
 * @throws RangeError when they are not ASCII or too many.
 */
export const createLiteralFinder = (literals: readonly string[]): LiteralFinder => {
  const { classes, count } = classesOf(literals);
  const { steps, ends } = buildTrie(literals, classes, count);
  addSuffixes(steps, ends, count);
  const { starts, all } = flatten(ends);
  /** In which pass a literal was found last, so that nothing needs to be cleared between two. */
  const passes = new Uint32Array(literals.length);
  let pass = 0;
  return {
    find: (text, found) => {
      pass = (pass + 1) >>> 0;
      if (pass === 0) {
        passes.fill(0);
        pass = 1;
      }
      let size = 0;
      let state = ROOT;
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        state = code < ASCII ? (steps[state * count + (classes[code] ?? 0)] ?? ROOT) : ROOT;
        const end = starts[state + 1] ?? 0;
        for (let place = starts[state] ?? 0; place < end; place += 1) {
          const literal = all[place] ?? 0;
          if (passes[literal] === pass) continue;
          passes[literal] = pass;
          found[size++] = literal;
        }
      }
      return size;
    },
  };
};
