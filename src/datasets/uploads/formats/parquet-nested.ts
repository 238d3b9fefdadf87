/**
 * Lists, maps and structs of Parquet as JSON, row by row: put together from the levels of their leaves (Melnik et al., “Dremel:
 * Interactive Analysis of Web-Scale Datasets”, VLDB 2010; parquet-format, LogicalTypes.md, “Nested Types”).
 */
import type { SchemaTree } from 'hyparquet';
import { DEEPEST_JSON, LONGEST_CELL } from './bounds.ts';
import { FormatError } from './format-error.ts';
import type { FoundType } from './found-type.ts';
import { columnOf } from './parquet-columns.ts';
import { invalidParquet, parquetTooLarge } from './parquet-errors.ts';
import type { Leaf, OpenLeaf } from './parquet-leaf.ts';
import type { Depth } from './parquet-page.ts';

/** A leaf of a column, as the schema tells of it. */
export interface LeafPlan {
  readonly tree: SchemaTree;
  readonly depth: Depth;
  /** The text of one value, as it stands in JSON. */
  text(value: unknown): string;
}

/** Writes what comes next to `out`. Throws parquet_invalid. */
type Write = (leaves: readonly Leaf[], out: Out) => void;

/** What is at one place of the schema: its leaves, as places in the column's own, and how it is written. */
interface Part {
  readonly first: number;
  readonly end: number;
  readonly write: Write;
}

export interface NestedPlan {
  readonly leaves: readonly LeafPlan[];
  /** The JSON of the next row; null where there is nothing. Throws parquet_invalid, cell_too_long. */
  next(leaves: readonly OpenLeaf[]): string | null;
}

const NUMBERS: ReadonlySet<FoundType> = new Set(['int4', 'int8', 'numeric', 'float8']);

const leafText = (tree: SchemaTree): LeafPlan['text'] => {
  const { type, text } = columnOf({ ...tree, element: { ...tree.element, repetition_type: 'REQUIRED' } });
  if (type === 'bool') return text;
  if (!NUMBERS.has(type)) return (value) => JSON.stringify(text(value));
  return (value) => {
    const shown = text(value);
    // What is no number of JSON is a text of it: NaN and the infinities.
    return /\d$/.test(shown) ? shown : JSON.stringify(shown);
  };
};

/** What one row makes. */
class Out {
  #parts: string[] = [];
  #length = 0;
  add(part: string): void {
    this.#length += part.length;
    if (this.#length > LONGEST_CELL)
      throw new FormatError('cell_too_long', `a cell is longer than ${LONGEST_CELL} bytes`);
    this.#parts.push(part);
  }
  toString(): string {
    return this.#parts.join('');
  }
}

const annotationOf = ({ element: { converted_type: converted, logical_type: logical } }: SchemaTree) =>
  logical?.type ?? (converted === 'MAP_KEY_VALUE' ? 'MAP' : converted);

/** The element of a list is the member of its repeated group, but for what older writers left out (LogicalTypes.md, “Lists”). */
const isElement = (repeated: SchemaTree, list: SchemaTree): boolean =>
  repeated.children.length !== 1 ||
  repeated.element.name === 'array' ||
  repeated.element.name === `${list.element.name}_tuple` ||
  repeated.children[0]?.element.repetition_type === 'REPEATED';

const skipAll = ({ first, end }: Part, open: readonly Leaf[], definition: number): void => {
  for (const leaf of open.slice(first, end)) {
    if (leaf.definition() > definition) throw invalidParquet();
    leaf.skip();
  }
};

const listOf = (
  { repetition, definition }: Depth,
  [begin, end]: readonly [string, string],
  itemOf: (depth: Depth) => Part,
): Part => {
  const level = repetition + 1;
  const item = itemOf({ repetition: level, definition: definition + 1 });
  const write: Write = (open, out) => {
    const lead = open[item.first];
    if (lead === undefined) throw invalidParquet();
    out.add(begin);
    if (lead.definition() <= definition) skipAll(item, open, definition);
    else {
      item.write(open, out);
      while (lead.repetition() === level) {
        for (const leaf of open.slice(item.first, item.end))
          if (leaf.repetition() !== level) throw invalidParquet();
        out.add(',');
        item.write(open, out);
      }
    }
    out.add(end);
  };
  return { ...item, write };
};

/** @throws parquet_invalid, parquet_too_large. */
export const planNested = (column: SchemaTree): NestedPlan => {
  const leaves: LeafPlan[] = [];

  const leafOf = (tree: SchemaTree, depth: Depth): Part => {
    const first = leaves.push({ tree, depth, text: leafText(tree) }) - 1;
    const write: Write = (open, out) => {
      out.add(open[first]?.take() ?? '');
    };
    return { first, end: first + 1, write };
  };

  const structOf = (tree: SchemaTree, depth: Depth, deep: number): Part => {
    const first = leaves.length;
    const members = tree.children.map(
      (child, index) =>
        [
          `${index === 0 ? '' : ','}${JSON.stringify(child.element.name)}:`,
          fieldOf(child, depth, deep + 1),
        ] as const,
    );
    const write: Write = (open, out) => {
      out.add('{');
      for (const [name, member] of members) {
        out.add(name);
        member.write(open, out);
      }
      out.add('}');
    };
    return { first, end: leaves.length, write };
  };

  const contentOf = (tree: SchemaTree, depth: Depth, deep: number): Part => {
    if (tree.children.length === 0) return leafOf(tree, depth);
    const [repeated, ...others] = tree.children;
    if (repeated?.element.repetition_type !== 'REPEATED' || others.length > 0)
      return structOf(tree, depth, deep);
    const annotation = annotationOf(tree);
    const [key, value, ...further] = repeated.children;
    if (
      annotation === 'MAP' &&
      key?.children.length === 0 &&
      key.element.repetition_type !== 'REPEATED' &&
      value !== undefined &&
      further.length === 0
    )
      return listOf(depth, ['{', '}'], (inner) => entryOf(key, value, inner, deep + 1));
    if (annotation === 'LIST') {
      const element = isElement(repeated, tree) ? undefined : repeated.children[0];
      return listOf(depth, ['[', ']'], (inner) =>
        element === undefined ? contentOf(repeated, inner, deep + 1) : fieldOf(element, inner, deep + 1),
      );
    }
    return structOf(tree, depth, deep);
  };

  /** A member of a map's object. */
  const entryOf = (key: SchemaTree, value: SchemaTree, depth: Depth, deep: number): Part => {
    const name = fieldOf(key, depth, deep);
    const member = fieldOf(value, depth, deep);
    const write: Write = (open, out) => {
      const shown = new Out();
      name.write(open, shown);
      const text = String(shown);
      out.add(`${text.startsWith('"') ? text : JSON.stringify(text)}:`);
      member.write(open, out);
    };
    return { first: name.first, end: member.end, write };
  };

  const fieldOf = (tree: SchemaTree, depth: Depth, deep: number): Part => {
    if (deep > DEEPEST_JSON) throw parquetTooLarge(`more than ${DEEPEST_JSON} groups are in each other`);
    const { repetition_type: repetition } = tree.element;
    if (repetition === 'REPEATED')
      return listOf(depth, ['[', ']'], (inner) => contentOf(tree, inner, deep + 1));
    if (repetition !== 'OPTIONAL') return contentOf(tree, depth, deep);
    const inner = contentOf(tree, { ...depth, definition: depth.definition + 1 }, deep);
    const write: Write = (open, out) => {
      const lead = open[inner.first];
      if (lead === undefined) throw invalidParquet();
      if (lead.definition() > depth.definition) {
        inner.write(open, out);
        return;
      }
      skipAll(inner, open, depth.definition);
      out.add('null');
    };
    return { ...inner, write };
  };

  const whole = fieldOf(column, { repetition: 0, definition: 0 }, 0);
  return {
    leaves,
    next: (open) => {
      const out = new Out();
      whole.write(open, out);
      for (const leaf of open) if (leaf.repetition() !== 0) throw invalidParquet();
      const text = String(out);
      return text === 'null' ? null : text;
    },
  };
};
