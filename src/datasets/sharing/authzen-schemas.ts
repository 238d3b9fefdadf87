/** What AuthZEN's Authorization API 1.0 asks and answers. Members that are not known are ignored, as its JSON serialization says. */
import { z } from 'zod';
import { MOST_EVALUATIONS } from './limits.ts';

const text = z.string().min(1).max(300);
const properties = z.record(z.string(), z.unknown()).optional();

const subject = z
  .object({
    type: text.meta({ example: 'user' }),
    id: text
      .describe('The id of a user, or the mail address of a member')
      .meta({ example: 'ada@example.com' }),
    properties: properties.describe('`company`: the id of the company in which they act'),
  })
  .describe('Who; `type` is `user`');
const action = z
  .object({ name: text.meta({ example: 'read' }), properties })
  .describe('`read`, `modify` or `manage`, also as `can_read`, …');
const resource = z
  .object({ type: text.meta({ example: 'dataset' }), id: text.meta({ example: 'wells' }), properties })
  .describe('What; `type` is `dataset`, `id` its id or name');
const context = z.record(z.string(), z.unknown()).optional().describe('Looked at by nobody');
const page = z
  .object({
    token: z.string().max(200).optional(),
    limit: z.int().min(0).max(1_000_000).optional(),
  })
  .optional();

export const evaluationSchema = z.object({ subject, action, resource, context });

export const evaluationsSchema = z.object({
  subject: subject.optional(),
  action: action.optional(),
  resource: resource.optional(),
  context,
  evaluations: z
    .array(
      z.object({
        subject: subject.optional(),
        action: action.optional(),
        resource: resource.optional(),
        context,
      }),
    )
    .max(MOST_EVALUATIONS)
    .optional(),
  options: z
    .object({
      evaluations_semantic: z
        .enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])
        .optional(),
    })
    .optional(),
});

export const resourceSearchSchema = z.object({
  subject,
  action,
  resource: z.object({ type: text.meta({ example: 'dataset' }) }),
  context,
  page,
});

export const subjectSearchSchema = z.object({
  subject: z.object({ type: text.meta({ example: 'user' }) }),
  action,
  resource,
  context,
  page,
});

export const actionSearchSchema = z.object({ subject, resource, context, page });

export const decisionSchema = z.object({
  decision: z.boolean(),
  context: z
    .object({
      reason: z.string().optional().meta({ example: 'company_role' }),
      error: z.object({ status: z.int(), message: z.string() }).optional(),
    })
    .optional(),
});

export const decisionsSchema = z.union([z.object({ evaluations: z.array(decisionSchema) }), decisionSchema]);

const pageSchema = z.object({ next_token: z.string(), count: z.int() });
export const foundSchema = z.object({
  page: pageSchema,
  results: z.array(
    z.object({ type: z.string(), id: z.string(), properties: z.record(z.string(), z.string()).optional() }),
  ),
});
export const foundActionsSchema = z.object({
  page: pageSchema,
  results: z.array(z.object({ name: z.string() })),
});

export const metadataSchema = z.object({
  policy_decision_point: z.string(),
  access_evaluation_endpoint: z.string(),
  access_evaluations_endpoint: z.string(),
  search_subject_endpoint: z.string(),
  search_resource_endpoint: z.string(),
  search_action_endpoint: z.string(),
});

export type Evaluation = z.output<typeof evaluationSchema>;
export type Evaluations = z.output<typeof evaluationsSchema>;
export type Decision = z.output<typeof decisionSchema>;
export type SubjectOf = Evaluation['subject'];
