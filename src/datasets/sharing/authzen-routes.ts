import type { z } from 'zod';
import { isProjectCaller } from '../../foundation/caller.ts';
import { parseJsonBody } from '../../http/json-body.ts';
import { namedProblemJson, requestIdField } from '../../http/problem-json.ts';
import { defineRoute, type AnyRoute, type Reply, type Request } from '../../http/route.ts';
import {
  evaluate,
  evaluateAll,
  searchActions,
  searchResources,
  searchSubjects,
  type Asking,
} from './authzen.ts';
import {
  actionSearchSchema,
  decisionSchema,
  decisionsSchema,
  evaluationSchema,
  evaluationsSchema,
  foundActionsSchema,
  foundSchema,
  metadataSchema,
  resourceSearchSchema,
  subjectSearchSchema,
} from './authzen-schemas.ts';
import { DECISIONS, MOST_EVALUATIONS } from './limits.ts';
import type { SharingParts } from './parts.ts';

const TAG = 'Decisions';
const BASE = DECISIONS;
const JSON_TYPE = 'application/json';
const HEADERS = { 'content-type': JSON_TYPE, 'cache-control': 'no-store' } as const;

interface Question<Body extends z.ZodType> {
  readonly operation: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly body: Body;
  readonly schema: z.ZodType;
  /** Units; one where left out. */
  costOf?(request: Request): number;
  answer(asking: Asking, body: z.output<Body>): Promise<unknown>;
}

/** One unit for each decision; a body that is refused later costs one, and is given back. */
const costOfDecisions = (request: Request): number => {
  try {
    const { evaluations = [] } = parseJsonBody(request, evaluationsSchema);
    return Math.min(MOST_EVALUATIONS, Math.max(1, evaluations.length));
  } catch {
    return 1;
  }
};

const SAME =
  'About datasets of the key’s own company that its members share. Of everything else, private datasets and those of other companies included, the answer is the same as of what there is not.';

const defineQuestion = <Body extends z.ZodType>(question: Question<Body>): AnyRoute =>
  defineRoute<z.output<Body>>({
    operation: question.operation,
    method: 'POST',
    path: `${BASE}/${question.path}`,
    access: { secretKey: 'datasets:read' },
    cost: 1,
    ...(question.costOf === undefined ? {} : { costOf: question.costOf }),
    keepsNothing: true,
    changesNothing: true,
    overPlainHttp: 'refuse',
    errors: namedProblemJson,
    docs: {
      summary: question.summary,
      description: `${question.description} ${SAME}`,
      tag: TAG,
      query: {},
      body: question.body,
      replies: {
        200: { description: 'The answer', type: JSON_TYPE, schema: question.schema },
        400: { description: '`invalid_request`', type: 'application/problem+json' },
      },
    },
    parse: (request) => parseJsonBody(request, question.body),
    handle: async (body, { caller, request, now }): Promise<Reply> => {
      if (caller === undefined || !isProjectCaller(caller)) throw new Error('a route for keys without one');
      const answer = await question.answer({ company: caller.company, now }, body);
      return {
        status: 200,
        headers: HEADERS,
        extra: requestIdField(request),
        body: JSON.stringify(question.schema.parse(answer)),
      };
    },
  });

/** OpenID AuthZEN, Authorization API 1.0: decisions, searches, and where they are. */
export const authzenRoutes = ({ database, publicUrl }: SharingParts): readonly AnyRoute[] => [
  defineQuestion({
    operation: 'authzen.evaluation',
    path: 'evaluation',
    summary: 'May this user do this with this dataset?',
    description: 'One decision, with the rule that made it (AuthZEN’s Access Evaluation API).',
    body: evaluationSchema,
    schema: decisionSchema,
    answer: (asking, body) => evaluate(database, asking, body),
  }),
  defineQuestion({
    operation: 'authzen.evaluations',
    path: 'evaluations',
    summary: 'Several decisions at once',
    description:
      'Up to a hundred decisions, in their order, with defaults for what each leaves out, and an end at the first no or the first yes where that is asked for (AuthZEN’s Access Evaluations API). Each decision is one unit.',
    body: evaluationsSchema,
    schema: decisionsSchema,
    costOf: costOfDecisions,
    answer: (asking, body) => evaluateAll(database, asking, body),
  }),
  defineQuestion({
    operation: 'authzen.search-subject',
    path: 'search/subject',
    summary: 'Who may do this with this dataset?',
    description:
      'Users with the right, each with the company in which they act as `properties.company` (AuthZEN’s Subject Search API).',
    body: subjectSearchSchema,
    schema: foundSchema,
    answer: (asking, { subject, action, resource, page = {} }) =>
      searchSubjects(database, asking, { type: subject.type, action: action.name, resource }, page),
  }),
  defineQuestion({
    operation: 'authzen.search-resource',
    path: 'search/resource',
    summary: 'With which datasets may this user do this?',
    description: 'Datasets on which the user has the right (AuthZEN’s Resource Search API).',
    body: resourceSearchSchema,
    schema: foundSchema,
    answer: (asking, { subject, action, resource, page = {} }) =>
      searchResources(database, asking, { subject, action: action.name, type: resource.type }, page),
  }),
  defineQuestion({
    operation: 'authzen.search-action',
    path: 'search/action',
    summary: 'What may this user do with this dataset?',
    description: 'The actions that are allowed (AuthZEN’s Action Search API).',
    body: actionSearchSchema,
    schema: foundActionsSchema,
    answer: (asking, body) => searchActions(database, asking, body),
  }),
  defineRoute<undefined>({
    operation: 'authzen.metadata',
    method: 'GET',
    path: '/.well-known/authzen-configuration',
    access: { public: 'Addresses of endpoints, which the documentation names as well.' },
    cost: 0,
    overPlainHttp: 'redirect',
    errors: namedProblemJson,
    docs: {
      summary: 'Where decisions are',
      description: 'The addresses of the decision point (AuthZEN’s Policy Decision Point Metadata).',
      tag: TAG,
      query: {},
      replies: { 200: { description: 'The addresses', type: JSON_TYPE, schema: metadataSchema } },
    },
    parse: () => undefined,
    handle: (_, { request }) => ({
      status: 200,
      headers: { 'content-type': JSON_TYPE, 'cache-control': 'public, max-age=3600' },
      extra: requestIdField(request),
      body: JSON.stringify({
        policy_decision_point: publicUrl,
        access_evaluation_endpoint: `${publicUrl}${BASE}/evaluation`,
        access_evaluations_endpoint: `${publicUrl}${BASE}/evaluations`,
        search_subject_endpoint: `${publicUrl}${BASE}/search/subject`,
        search_resource_endpoint: `${publicUrl}${BASE}/search/resource`,
        search_action_endpoint: `${publicUrl}${BASE}/search/action`,
      }),
    }),
  }),
];
