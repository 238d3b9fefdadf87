/** Names of columns that PostgreSQL and people can live with, from whatever stands above the columns of a file. */
import { isColumnName, LONGEST_NAME_BYTES, withoutControls } from '../../columns.ts';

const cutTo = (name: string, most: number): string => {
  let cut = name;
  while (Buffer.byteLength(cut) > most) cut = cut.slice(0, -1);
  return cut.toWellFormed().replace(/�$/u, '');
};

/** One name for each heading, in order: never empty, never twice, never one of ours. */
export const columnNames = (headings: readonly string[]): readonly string[] => {
  const taken = new Set<string>();
  return headings.map((heading, index) => {
    const plain = withoutControls(heading.toWellFormed()).trim();
    const wanted = cutTo(plain, LONGEST_NAME_BYTES);
    const base = isColumnName(wanted)
      ? wanted
      : cutTo(`column ${index + 1} ${wanted.replaceAll(':', ' ')}`.trim(), LONGEST_NAME_BYTES);
    let name = base;
    for (let more = 2; taken.has(name); more += 1) name = `${cutTo(base, LONGEST_NAME_BYTES - 6)} ${more}`;
    taken.add(name);
    return name;
  });
};
