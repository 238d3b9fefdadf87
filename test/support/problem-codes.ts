/** Every problem code that the source can answer with, for `docs/problems.md`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULT_SENTENCES } from '../../src/passwords/hints.ts';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));

interface Code {
  readonly status: number;
  readonly code: string;
  readonly title: string;
}

const LITERAL = /new Problem\(\s*(\d{3}),\s*'([a-z_]+)',\s*(?:'([^']+)'|"([^"]+)")/g;
const NOT_FOUND = /notFoundProblem\(\s*'([a-z_]+)',\s*(?:'([^']+)'|"([^"]+)")/g;

const codesIn = (text: string): readonly Code[] => [
  ...[...text.matchAll(LITERAL)].map(([, status, code = '', title, other]) => ({
    status: Number(status),
    code,
    title: title ?? other ?? '',
  })),
  ...[...text.matchAll(NOT_FOUND)].map(([, code = '', title, other]) => ({
    status: 404,
    code,
    title: title ?? other ?? '',
  })),
];

/** The document, in the order of status and code. */
export const problemsDocument = (): string => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
  );
  const found: Code[] = [
    ...files.flatMap((path) => codesIn(readFileSync(join(SOURCE, path), 'utf8'))),
    { status: 401, code: 'missing_key', title: 'No valid key' },
    { status: 401, code: 'invalid_key', title: 'No valid key' },
    ...Object.entries(FAULT_SENTENCES).map(([code, title]) => ({ status: 400, code, title })),
  ];
  const rows = new Map<string, string>();
  for (const { status, code, title } of found) {
    const place = `${status} ${code}`;
    if (!rows.has(place)) rows.set(place, `| ${status} | \`${code}\` | ${title} |`);
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return `# Problems

What our own API answers with when it does not do what was asked: \`application/problem+json\` (RFC 9457). \`code\` is stable;
\`detail\` says what to do about this one, and \`field\` names the parameter, header or JSON pointer at fault. Wire-compatible
services answer in their contract's own form. Written by \`npm run openapi\`.

| status | code | meaning |
|---|---|---|
${sorted.join('\n')}
`;
};
