/** What the bench found, as text: for the terminal, and as Markdown for RESULTS.md. */
import { format } from './figures.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Something to reach, and whether it was. */
export interface Target {
  readonly what: string;
  readonly wanted: number;
  readonly got: number;
  /** `at least` where more is better. */
  readonly sense: 'at least' | 'at most';
  /** Written after both numbers; `×` where left out. */
  readonly unit?: string;
}

export interface Section {
  readonly title: string;
  /** Paragraphs: what exactly was measured. */
  readonly method: readonly string[];
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
}

const isReached = ({ sense, got, wanted }: Target): boolean =>
  sense === 'at least' ? got >= wanted : got <= wanted;

const targetTable = (targets: readonly Target[]): Table => ({
  columns: ['target', 'wanted', 'measured', 'reached'],
  rows: targets.map((target) => {
    const { what, sense, wanted, got, unit = '×' } = target;
    return [
      what,
      `${sense} ${format(wanted)}${unit}`,
      `${format(got)}${unit}`,
      isReached(target) ? 'yes' : 'NO',
    ];
  }),
});

const textTable = ({ columns, rows }: Table): string => {
  const widths = columns.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [line(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
};

const markdownTable = ({ columns, rows }: Table): string => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(columns),
    `|${columns.map((_, column) => (column === 0 ? '---' : '---:')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
};

const tablesOf = ({ tables, targets }: Section): readonly Table[] =>
  targets.length === 0 ? tables : [...tables, targetTable(targets)];

/** One section for the terminal. */
export const sectionText = (section: Section): string =>
  [`\n== ${section.title} ==`, ...section.method, ...tablesOf(section).map(textTable)].join('\n\n');

/** The whole of RESULTS.md, or of the file of one part. @param part as `--only` has it; all where left out. */
export const resultsMarkdown = (
  machine: readonly (readonly [string, string])[],
  sections: readonly Section[],
  part?: string,
): string => {
  const command = part === undefined ? 'npm run bench' : `npm run bench -- --only ${part}`;
  const parts = [
    part === undefined ? '# Results of the bench' : `# Results of the bench: ${part}`,
    `Written by \`${command}\`, which repeats all of it; nothing here is edited by hand. One run on one machine, beside ` +
      'whatever else ran there. Each figure is the median of its rounds with [least–most]; ratios are taken round by ' +
      'round, both sides one after the other, and the median of the ratios is given. `npm run bench -- --help` shows how ' +
      'to repeat a part.',
    markdownTable({ columns: ['', ''], rows: machine }),
    '## Targets',
    markdownTable(targetTable(sections.flatMap(({ targets }) => targets))),
    ...sections.flatMap((section) => [
      `## ${section.title}`,
      ...section.method,
      ...section.tables.map(markdownTable),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
};
