/** What stands beside the files of an export. */
import type { ExportedContent } from './content.ts';
import { DESCRIPTIONS } from './stores.ts';

const WHOSE = {
  user: 'This is everything that is kept of you and belongs to you alone.',
  company: 'This is everything that is kept of the company, for its owners and admins.',
} as const;

const describeContent = ({ file, name, version, dataset }: ExportedContent): string =>
  `${file}\n    rows of the dataset ${name} (${dataset}), version ${version}`;

/** @param names of the stores, in the order of their files. @param now milliseconds since the Unix epoch. */
export const writeReadme = (
  kind: 'user' | 'company',
  names: readonly string[],
  now: number,
  content: readonly ExportedContent[] = [],
): string =>
  [
    `${WHOSE[kind]} All files show the same moment, ${new Date(now).toISOString()}.`,
    '',
    'Each store comes twice: as JSON (UTF-8, a list of objects) and as CSV (RFC 4180, UTF-8, with a line of names). Where a',
    'spreadsheet would take a CSV field for a formula, an apostrophe stands before it. Bytes are written in hexadecimal.',
    'Hashes of passwords, digests of keys, codes and links, and secrets of authenticator apps are left out.',
    ...(kind === 'user' ? ['What you did in companies is in the export of each company.'] : []),
    '',
    ...names.map(
      (name) => `${name}.json, ${name}.csv\n    ${DESCRIPTIONS[name] ?? `rows of the table ${name}`}`,
    ),
    ...(content.length === 0
      ? []
      : [
          '',
          'Rows of datasets come as lines of JSON: a list of the columns, then a list of cells for each row, every cell as text',
          'just as the database writes it, or null. What the columns are stands in dataset-generations.json.',
          '',
          ...content.map(describeContent),
        ]),
    '',
  ].join('\n');
