/** Many questions in one request, answered line by line while the answer goes out. */
import { z } from 'zod';
import type { Clock } from '../../foundation/clock.ts';
import { Problem } from '../../foundation/problem.ts';
import { defineRoute, type AnyRoute, type Reply, type Request } from '../../http/route.ts';
import type { AnswerContext } from './answer.ts';
import { countLines, csvFields, MOST_LINES, readLine, splitLines, type Batch } from './batch-lines.ts';
import type { Envelope } from './envelope.ts';
import type { GeocodeCall } from './parameters.ts';
import { resultSchema } from './schemas.ts';

/** After so many milliseconds the lines that are left are answered with an error: an answer has to end. */
const LONGEST_MS = 30_000;
/** Lines that are answered in one turn of the event loop; some 20 µs each. */
const LINES_A_PIECE = 10;
const LINES_TYPE = 'application/x-ndjson';

const HEADERS = Object.freeze({
  'cache-control': 'no-store',
  'content-type': `${LINES_TYPE}; charset=utf-8`,
});

const decoder = new TextDecoder('utf-8', { fatal: true });

const refuse = (status: number, code: string, title: string, detail: string): never => {
  throw new Problem(status, code, title, { detail });
};

const formOf = (request: Request): Batch['form'] => {
  const type = (request.exposeHeader('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'text/csv') return 'csv';
  if (type === LINES_TYPE || type === 'application/jsonl' || type === 'application/json') return 'json';
  return refuse(
    415,
    'unsupported_media_type',
    'The body is of a kind that is not read here',
    `Send ${LINES_TYPE} (a JSON object a line) or text/csv (the first line names the fields).`,
  );
};

const decode = (body: Uint8Array): string => {
  try {
    return decoder.decode(body);
  } catch {
    return refuse(400, 'invalid_body', 'The body is not text', 'It has to be UTF-8.');
  }
};

/** @throws {Problem} unsupported_media_type, invalid_body, too_many_lines: the whole batch is refused and costs nothing. */
const parseBatch = (request: Request): Batch => {
  const form = formOf(request);
  const all = splitLines(decode(request.body.expose()));
  const head = form === 'csv' ? csvFields(all[0] ?? '') : [];
  const lines = form === 'csv' ? all.slice(1) : all;
  if (head === undefined || (form === 'csv' && all.length > 0 && !head.some((name) => name !== '')))
    refuse(400, 'invalid_body', 'The body cannot be read', 'The first line has to name the fields.');
  if (lines.length === 0) refuse(400, 'invalid_body', 'The body is empty', 'It has no line to answer.');
  if (lines.length > MOST_LINES)
    refuse(413, 'too_many_lines', 'The batch has too many lines', `At most ${MOST_LINES} lines.`);
  const names = (head ?? []).map((name) => name.trim().toLowerCase());
  return { form, head: names, lines, acceptLanguage: request.exposeHeader('accept-language') };
};

/** One unit for each line; what is refused whole is given back. The head of a CSV counts nothing. */
const costOf = (request: Request): number => {
  const isCsv = (request.exposeHeader('content-type') ?? '').toLowerCase().startsWith('text/csv');
  const lines = countLines(request.body.expose()) - (isCsv ? 1 : 0);
  return Math.min(MOST_LINES, Math.max(1, lines));
};

type Answer = (call: GeocodeCall, context: AnswerContext) => Reply;

/** What the route is built from. */
export interface BatchParts {
  /** What answers now. A batch keeps it to its end, so that one answer never comes from two states of the index. */
  readonly answerer: () => Answer;
  readonly clock: Clock;
}

const answerLines = function* (
  batch: Batch,
  { answer, clock }: { readonly answer: Answer; readonly clock: Clock },
  now: number,
): Generator<string, void, undefined> {
  const end = clock.monotonic() + LONGEST_MS;
  const answerOne = (index: number): object => {
    const read = readLine(batch, index);
    const { line } = read;
    const id = read.id === undefined ? {} : { id: read.id };
    if ('error' in read) return { line, ...id, error: read.error };
    if (clock.monotonic() > end) return { line, ...id, error: { code: 'timeout', message: 'timeout' } };
    const reply = answer(read.call, { now, quota: undefined });
    // The bytes are those of a single answer; `isBytes` says that each character is one.
    const text = Buffer.from(reply.body as string, reply.isBytes === true ? 'latin1' : 'utf8').toString();
    return { line, ...id, results: (JSON.parse(text) as Envelope).results };
  };
  for (let from = 0; from < batch.lines.length; from += LINES_A_PIECE) {
    let piece = '';
    for (let index = from; index < Math.min(batch.lines.length, from + LINES_A_PIECE); index++)
      piece += `${JSON.stringify(answerOne(index))}\n`;
    yield piece;
  }
};

const lineSchema = z.object({
  line: z.int().min(1).describe('Number of the line, without empty ones and without the head of a CSV.'),
  id: z.string().optional().describe("The line's own `id`."),
  results: z.array(resultSchema).optional(),
  error: z
    .object({ code: z.string(), message: z.string(), field: z.string().optional() })
    .optional()
    .describe('Why this line was not answered; the others are.'),
});

/** `POST /v1/geocode/batch`. */
export const batchRoute = ({ answerer, clock }: BatchParts): AnyRoute =>
  defineRoute<Batch>({
    operation: 'geocoding.batch',
    method: 'POST',
    path: '/v1/geocode/batch',
    access: { secretKey: 'geocoding:read' },
    cost: 1,
    costOf,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Ask up to 1,000 questions at once',
      description:
        `The body is \`${LINES_TYPE}\`, a JSON object a line, or \`text/csv\`, whose first line names the fields. A line has ` +
        'the parameters of `GET /geocode/v1/json` (`q`), or those of `GET /v1/geocode/search`, and an `id` of your own; ' +
        'without a `limit` it gets one result. The answer is a JSON object a line, in the order of the questions, and is ' +
        'sent while it is made. A line that is wrong gets an error of its own, and the others go on. Each line spends one ' +
        'unit of quota; where there are not as many left, nothing is answered and nothing spent.',
      tag: 'Geocoding',
      query: {},
      body: z
        .string()
        .describe('At most 1,000 lines and 64 kB.')
        .meta({ example: '{"id":"1","q":"Berlin"}\n' }),
      replies: {
        200: {
          description: 'One object for each line, as in this schema.',
          type: LINES_TYPE,
          schema: lineSchema,
        },
        400: {
          description: 'The body is no text, empty, or its head names no fields (`invalid_body`)',
          type: 'application/problem+json',
        },
        413: {
          description: 'More than 1,000 lines (`too_many_lines`), or more than 64 kB',
          type: 'application/problem+json',
        },
        415: { description: 'Another kind of body', type: 'application/problem+json' },
      },
    },
    parse: parseBatch,
    handle: (batch, { now }) => ({
      status: 200,
      headers: HEADERS,
      body: '',
      pieces: answerLines(batch, { answer: answerer(), clock }, now),
    }),
  });
