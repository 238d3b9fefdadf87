/** Names of columns that PostgreSQL and people can live with, from whatever stands above the columns of a file. */
import { isColumnName } from '../../columns.ts';

/** PostgreSQL's NAMEDATALEN less one. */
const LONGEST_NAME = 63;

const cutTo = (name: string, most: number): string => {
  let cut = name;
  while (Buffer.byteLength(cut) > most) cut = cut.slice(0, -1);
  return cut.toWellFormed().replace(/�$/u, '');
};

/** One name for each heading, in order: never empty, never twice, never one of ours. */
export const columnNames = (headings: readonly string[]): readonly string[] => {
  const taken = new Set<string>();
  return headings.map((heading, index) => {
    const plain = heading
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- it is these that no name holds
      .replaceAll(/[\u0000-\u001f\u007f]+/g, ' ')
      .trim();
    const wanted = cutTo(plain, LONGEST_NAME);
    const base = isColumnName(wanted)
      ? wanted
      : cutTo(`column ${index + 1} ${wanted.replaceAll(':', ' ')}`.trim(), LONGEST_NAME);
    let name = base;
    for (let more = 2; taken.has(name); more += 1) name = `${cutTo(base, LONGEST_NAME - 6)} ${more}`;
    taken.add(name);
    return name;
  });
};
