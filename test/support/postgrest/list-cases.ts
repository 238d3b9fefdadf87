/** PostgREST's published cases as a page for people: what is asked, and whether we answer as PostgREST does. */
import { CASES, type Case } from './cases.ts';

const code = (text: string): string => {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.startsWith('`') ? ' ' : ''}${text}${text.endsWith('`') ? ' ' : ''}${fence}`;
};

const requestOf = ({ method = 'GET', path, prefer, accept, range, contentType, body }: Case): string => {
  const parts = [`${method} ${path}`];
  const fields = { Prefer: prefer, Accept: accept, Range: range, 'Content-Type': contentType };
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) parts.push(`${name}: ${value}`);
  if (body !== undefined) parts.push(typeof body === 'string' ? body : JSON.stringify(body));
  const text = parts.join(' · ').replaceAll(/\s+/g, ' ');
  return code(text.length > 300 ? `${text.slice(0, 300)}…` : text);
};

const lineOf = (one: Case): string => {
  const status = one.status ?? 200;
  if (one.differs === undefined) return `- pass, ${status}: ${requestOf(one)}`;
  return `- **fail, on purpose**, ${status}: ${requestOf(one)} — ${one.differs}`;
};

/** The whole page in Markdown, ordered by the specification that a case is of. */
export const listCases = (): string => {
  const differing = CASES.filter(({ differs }) => differs !== undefined).length;
  const bySpec = Map.groupBy(CASES, ({ spec }) => spec);
  const sections = [...bySpec]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([spec, cases]) => `## ${spec}\n\n${cases.map(lineOf).join('\n')}\n`);
  return (
    '# PostgREST’s published cases\n\n' +
    'The cases of PostgREST’s own test suite (its folder of features, MIT) that apply to single tables: ' +
    `${CASES.length} of them, ${CASES.length - differing} pass, ${differing} are answered otherwise on purpose, with the reason. ` +
    'Cases about relations, functions, schemas, roles and JWTs do not apply.\n\n' +
    'Written by `node test/support/postgrest/write-cases.ts` from the list that `src/services/datasets/query/published.test.ts` ' +
    'runs against a real PostgreSQL; `test/datasets-published.test.ts` sends the reads among them through HTTP and holds this page ' +
    'against the list.\n\n' +
    sections.join('\n')
  );
};
