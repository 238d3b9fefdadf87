/** The call that gives exactly what is on the screen, as a line for a terminal and as a program. */
import { isLocalHost, SECRET_PLACEHOLDER } from '../../parts/curl-line.ts';
import { inJavaScript } from '../../playground/literals.ts';
import { inQuery, searchOf } from './question.ts';

export interface Asked {
  /** The dataset's name, or its id where it is another company's; `@3` behind it for a version. */
  readonly dataset: string;
  /** Columns that are shown, if not all. */
  readonly columns: readonly string[] | undefined;
  readonly parameters: readonly (readonly [string, string])[];
  /** Whether texts are looked through. */
  readonly isSearch: boolean;
}

const ROWS = 100;

const allOf = ({ columns, parameters }: Asked): readonly (readonly [string, string])[] => [
  ...(columns === undefined ? [] : [['select', columns.map(inQuery).join(',')] as const]),
  ...parameters,
  ['limit', String(ROWS)],
];

/** Path and query of the rows, for a key. */
export const pathOf = (asked: Asked): string => {
  const dataset = encodeURIComponent(asked.dataset).replaceAll('%40', '@');
  const path = asked.isSearch ? `/v1/datasets/${dataset}/search` : `/datasets/v1/${dataset}`;
  return `${path}?${searchOf(allOf(asked))}`;
};

/** A line in which nothing is left that sh or PowerShell would read as anything else within double quotes. */
export const curlOf = (
  asked: Asked,
  { origin, hostname }: { readonly origin: string; readonly hostname: string },
): string =>
  [
    'curl',
    ...(isLocalHost(hostname) ? ['--cacert data/tls/ca.pem'] : []),
    `-H "X-Api-Key: ${SECRET_PLACEHOLDER}"`,
    `"${origin}${pathOf(asked).replaceAll("'", '%27').replaceAll('!', '%21')}"`,
  ].join(' ');

const chained = (name: string, value: string): string => {
  if (name === 'order') {
    const [, column = '', direction = 'asc'] = /^(.*)\.(asc|desc)\.nullslast$/s.exec(value) ?? [];
    const ascending = direction === 'asc' ? '' : 'ascending: false, ';
    return `  .order(${inJavaScript(column)}, { ${ascending}nullsFirst: false })`;
  }
  const [, not, operator = '', operand = ''] = /^(not\.)?([a-z]+)\.(.*)$/s.exec(value) ?? [];
  const call = not === undefined ? 'filter' : 'not';
  return `  .${call}(${inJavaScript(name)}, ${inJavaScript(operator)}, ${inJavaScript(operand)})`;
};

const rowsProgram = (asked: Asked, origin: string): string =>
  [
    "import { PostgrestClient } from '@supabase/postgrest-js';",
    '',
    `const datasets = new PostgrestClient(${inJavaScript(`${origin}/datasets/v1`)}, {`,
    `  headers: { 'X-Api-Key': '${SECRET_PLACEHOLDER}' },`,
    '});',
    'const { data, error } = await datasets',
    `  .from(${inJavaScript(asked.dataset)})`,
    `  .select(${asked.columns === undefined ? '' : inJavaScript(asked.columns.map(inQuery).join(','))})`,
    ...asked.parameters.map(([name, value]) => chained(name, value)),
    `  .limit(${ROWS});`,
    'if (error) throw error;',
    'console.log(data);',
  ].join('\n');

/** Search is no part of PostgREST's language, so that its client cannot ask for it. */
const searchProgram = (asked: Asked, origin: string): string =>
  [
    `const reply = await fetch(${inJavaScript(origin + pathOf(asked))}, {`,
    `  headers: { 'X-Api-Key': '${SECRET_PLACEHOLDER}' },`,
    '});',
    'if (!reply.ok) throw new Error(await reply.text());',
    'console.log(await reply.json());',
  ].join('\n');

/** A program with the client of PostgREST's makers, unchanged; for a search with what JavaScript has itself. */
export const javaScriptOf = (asked: Asked, origin: string): string =>
  asked.isSearch ? searchProgram(asked, origin) : rowsProgram(asked, origin);
