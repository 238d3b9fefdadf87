import { z } from 'zod';
import { defineEndpoint } from '../http/endpoint.ts';
import { idField } from '../http/fields.ts';
import type { AnyRoute } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { changeProject, createProject, deleteProject, listProjectsOf, showProject } from './projects.ts';
import { projectNameSchema, projectSchema } from './schemas.ts';

const TAG = 'Projects';
const params = { company: z.string() };
const onePath = '/v1/companies/:company/projects/:project';
const oneParams = { company: z.string(), project: idField('prj') };
const reply = { status: 200, description: 'The project', schema: projectSchema } as const;
const problems = { 404: 'project_not_found' } as const;

/** Endpoints of projects. */
export const projectRoutes = (database: Pick<Database, 'as'>): readonly AnyRoute[] => [
  defineEndpoint({
    operation: 'projects.list',
    method: 'GET',
    path: '/v1/companies/:company/projects',
    access: { member: 'projects.read' },
    tag: TAG,
    summary: 'Projects of a company',
    description:
      'All projects, oldest first, with how many of their keys work, what they may use, and what they used today and this month.',
    params,
    reply: {
      status: 200,
      description: 'The projects',
      schema: z.object({ items: z.array(projectSchema), next: z.string().nullable() }),
    },
    handle: async (_input, { caller, membership: { company }, now }) => ({
      body: { items: await listProjectsOf(database, { company, user: caller.user }, now), next: null },
    }),
  }),
  defineEndpoint({
    operation: 'projects.create',
    method: 'POST',
    path: '/v1/companies/:company/projects',
    access: { member: 'projects.change' },
    tag: TAG,
    summary: 'Make a project',
    description: 'Every call makes another project, also under the same name.',
    params,
    body: projectNameSchema,
    reply: { status: 201, description: 'The project', schema: projectSchema },
    problems: { 409: 'too_many_projects' },
    handle: async ({ body }, { caller, membership: { company }, now }) => ({
      body: await createProject(database, { company, caller, now }, body.name),
    }),
  }),
  defineEndpoint({
    operation: 'projects.show',
    method: 'GET',
    path: onePath,
    access: { member: 'projects.read' },
    tag: TAG,
    summary: 'Show a project',
    description: 'One project.',
    params: oneParams,
    reply,
    problems,
    handle: async ({ params: { project } }, { caller, membership: { company }, now }) => ({
      body: await showProject(database, { company, user: caller.user }, project, now),
    }),
  }),
  defineEndpoint({
    operation: 'projects.change',
    method: 'PATCH',
    path: onePath,
    access: { member: 'projects.change' },
    tag: TAG,
    summary: 'Rename a project',
    description: 'Gives a project another name.',
    params: oneParams,
    body: projectNameSchema,
    reply,
    problems,
    handle: async ({ params: { project }, body }, { caller, membership: { company }, now }) => ({
      body: await changeProject(database, { company, caller, now }, project, body.name),
    }),
  }),
  defineEndpoint({
    operation: 'projects.delete',
    method: 'DELETE',
    path: onePath,
    access: { member: 'projects.delete' },
    fresh: true,
    tag: TAG,
    summary: 'Delete a project',
    description:
      'Erases a project with its keys, which stop working at once, and with all that was counted for it.',
    params: oneParams,
    reply: { status: 204, description: 'It is gone' },
    problems,
    handle: async ({ params: { project } }, { caller, membership: { company }, now }) => {
      await deleteProject(database, { company, caller, now }, project);
      return { body: undefined };
    },
  }),
];
