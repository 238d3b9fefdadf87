/** JSON bodies, parsed once at the rim; errors name the field and never what stood in it. */
import type { z, ZodType } from 'zod';
import { Problem } from '../foundation/problem.ts';
import type { Request } from './route.ts';

const JSON_TYPE = /^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Deeper than any of our schemas; a guard before the parser's stack is at stake. */
const DEEPEST = 32;

const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isInText) {
      if (code === 92) index += 1;
      else if (code === 34) isInText = false;
    } else if (code === 34) isInText = true;
    else if (code === 91 || code === 123) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === 93 || code === 125) depth -= 1;
  }
  return false;
};

const refuse = (detail: string): never => {
  throw new Problem(400, 'invalid_json', 'The body is not valid JSON', { detail });
};

const COUNTED: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/** A sentence for people, where the schema brings none of its own and zod would speak to programmers. */
const sentenceOf = (issue: z.core.$ZodIssue): string => {
  const { message } = issue;
  if (!/^(?:Invalid|Too small|Too big)/.test(message)) return message;
  switch (issue.code) {
    case 'invalid_type':
      return message.endsWith('received undefined')
        ? 'This is missing.'
        : `This has to be of another kind: ${issue.expected}.`;
    case 'too_small':
      return issue.minimum === 1 && issue.origin in COUNTED
        ? 'This may not be empty.'
        : `This has to be at least ${issue.minimum}${COUNTED[issue.origin] ?? ''}.`;
    case 'too_big':
      return `This may be at most ${issue.maximum}${COUNTED[issue.origin] ?? ''}.`;
    case 'invalid_value':
      return `This has to be one of: ${issue.values.map(String).join(', ')}.`;
    case 'invalid_union':
      return 'This is of none of the forms that are taken here.';
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      break;
  }
  return 'This is not valid. See /docs for what is expected.';
};

/** What a field's own check says in words of its own (`fields.ts`). */
const ownProblemOf = (issue: z.core.$ZodIssue | undefined): Problem | undefined => {
  const own: unknown = issue?.code === 'custom' ? issue.params?.['problem'] : undefined;
  return own instanceof Problem ? own : undefined;
};

/** What zod found first, without values: issues name what our schema expects, and paths only names of our own. */
export const problemOf = (error: z.ZodError, place: 'body' | 'query' | 'path'): Problem => {
  const [issue] = error.issues;
  const name = issue?.path.map(String).join('.') ?? '';
  const field = name === '' ? {} : { field: place === 'body' ? `/${name.replaceAll('.', '/')}` : name };
  const own = ownProblemOf(issue);
  if (own !== undefined) {
    const { status, code, title, detail } = own;
    return new Problem(status, code, title, { ...(detail === undefined ? {} : { detail }), ...field });
  }
  const isUnknown = issue?.code === 'unrecognized_keys';
  return new Problem(400, 'invalid_request', 'Something in the request is missing or not valid', {
    detail: isUnknown
      ? 'There is a field that this endpoint does not know. See /docs for those that it takes.'
      : issue === undefined
        ? 'See /docs for what is expected.'
        : sentenceOf(issue),
    ...field,
  });
};

/**
 * The body as its schema says.
 * @throws invalid_json, invalid_request (400), unsupported_media_type (415).
 */
export const parseJsonBody = <Schema extends ZodType>(request: Request, schema: Schema): z.output<Schema> => {
  const bytes = request.body.expose();
  const type = request.exposeHeader('content-type');
  if (bytes.length > 0 && !JSON_TYPE.test(type ?? '')) {
    throw new Problem(415, 'unsupported_media_type', 'The body has to be JSON', {
      detail: 'Send it with "Content-Type: application/json".',
      field: 'content-type',
    });
  }
  let value: unknown = {};
  if (bytes.length > 0) {
    let text = '';
    try {
      text = decoder.decode(bytes);
    } catch {
      refuse('It is not UTF-8.');
    }
    if (isTooDeep(text)) refuse('It is nested too deeply.');
    try {
      value = JSON.parse(text);
    } catch {
      refuse('Check commas, quotes and brackets.');
    }
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw problemOf(parsed.error, 'body');
  return parsed.data;
};
