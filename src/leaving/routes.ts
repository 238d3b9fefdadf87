/** Leaving: take your data along, see what would go, go. */
import { z } from 'zod';
import { forgetCookie } from '../gate/cookies.ts';
import { defineEndpoint } from '../http/endpoint.ts';
import type { AnyRoute, Reply } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { createExporter } from './export.ts';
import type { Receipt } from './receipt.ts';
import {
  accountPlanSchema,
  companyPlanSchema,
  receiptSchema,
  typedEmailSchema,
  typedNameSchema,
} from './schemas.ts';
import { deleteAccount, deleteCompany, planAccount, planCompany } from './service.ts';

export interface LeavingParts {
  readonly database: Pick<Database, 'as' | 'run' | 'system' | 'user'>;
}

const TAG = 'Leaving';

const archiveReply = (pieces: AsyncIterable<Uint8Array>, name: string): Reply => ({
  status: 200,
  headers: {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  },
  body: '',
  pieces,
});

/** As the schema has it, which knows no read-only lists. */
const shown = ({ id, at, erased, kept }: Receipt): z.input<typeof receiptSchema>['receipt'] => ({
  id,
  at,
  erased: [...erased],
  kept: [...kept],
});

/** Nobody is signed in any more, and the browser is no longer a known one. */
const FORGET = (['session', 'pending', 'known', 'sign-up'] as const).map(forgetCookie);

/** Endpoints of leaving. */
export const createLeavingRoutes = ({ database }: LeavingParts): readonly AnyRoute[] => {
  const exporter = createExporter(database);
  const TOO_MUCH = { 422: 'export_too_large', 503: 'exports_busy' };
  return [
    defineEndpoint({
      operation: 'account.export',
      method: 'POST',
      path: '/v1/account/export',
      access: { session: true },
      fresh: true,
      tag: TAG,
      summary: 'All of your data',
      description:
        'A zip file with everything that is kept of you, each store as JSON and as CSV, without hashes and secrets. What belongs to a company is in the export of the company.',
      body: z.strictObject({}),
      reply: { status: 200, description: 'The archive', type: 'application/zip' },
      problems: TOO_MUCH,
      handle: async (_input, { caller, now }) =>
        archiveReply(await exporter.stream({ kind: 'user', user: caller.user, now }), 'account.zip'),
    }),
    defineEndpoint({
      operation: 'account.deletion-plan',
      method: 'GET',
      path: '/v1/account/deletion',
      access: { session: true },
      tag: TAG,
      summary: 'What would go with your account',
      description:
        'Your companies and what would become of each, and how many rows of what would be erased. A company that nobody else owns goes with you.',
      reply: { status: 200, description: 'The plan', schema: accountPlanSchema },
      handle: async (_input, { caller }) => {
        const { companies, stores, kept } = await planAccount(database, caller.user);
        return { body: { companies: [...companies], stores: [...stores], kept: [...kept] } };
      },
    }),
    defineEndpoint({
      operation: 'account.delete',
      method: 'DELETE',
      path: '/v1/account',
      access: { session: true },
      fresh: true,
      tag: TAG,
      summary: 'Delete your account',
      description:
        'Erases you from every table at once, with the companies that nobody else owns; keys and sessions stop working within a second. The answer is a receipt, which is mailed as well. It cannot be undone.',
      body: typedEmailSchema,
      reply: { status: 200, description: 'Erased', schema: receiptSchema },
      problems: { 400: 'confirmation_differs' },
      handle: async ({ body }, { caller, now }) => {
        const receipt = await deleteAccount(database, { user: caller.user, email: body.email, now });
        return { body: { receipt: shown(receipt) }, cookies: FORGET };
      },
    }),
    defineEndpoint({
      operation: 'companies.export',
      method: 'POST',
      path: '/v1/companies/:company/export',
      access: { member: 'company.export' },
      fresh: true,
      tag: TAG,
      summary: 'All data of a company',
      description:
        'A zip file with everything that is kept of the company, each store as JSON and as CSV, without digests, and all rows of its datasets. It is sent as it is made, however large; whoever may not have it any more gets no more of it. It is noted in the audit log.',
      params: { company: z.string() },
      body: z.strictObject({}),
      reply: { status: 200, description: 'The archive', type: 'application/zip' },
      problems: TOO_MUCH,
      handle: async (_input, { caller, membership, now }) => {
        const { company } = membership;
        return archiveReply(
          await exporter.stream({ kind: 'company', company, by: caller.user, now }),
          'company.zip',
        );
      },
    }),
    defineEndpoint({
      operation: 'companies.deletion-plan',
      method: 'GET',
      path: '/v1/companies/:company/deletion',
      access: { member: 'company.delete' },
      tag: TAG,
      summary: 'What would go with a company',
      description: 'How many rows of what would be erased, and how many members would be told.',
      params: { company: z.string() },
      reply: { status: 200, description: 'The plan', schema: companyPlanSchema },
      handle: async (_input, { caller, membership }) => {
        const { company } = membership;
        const { stores, members, kept } = await planCompany(database, { company, user: caller.user });
        return { body: { stores: [...stores], members, kept: [...kept] } };
      },
    }),
    defineEndpoint({
      operation: 'companies.delete',
      method: 'DELETE',
      path: '/v1/companies/:company',
      access: { member: 'company.delete' },
      fresh: true,
      tag: TAG,
      summary: 'Delete a company',
      description:
        'Erases the company from every table at once; its keys stop working within a second. All members are mailed the receipt. It cannot be undone.',
      params: { company: z.string() },
      body: typedNameSchema,
      reply: { status: 200, description: 'Erased', schema: receiptSchema },
      problems: { 400: 'confirmation_differs' },
      handle: async ({ body }, { caller, membership, now }) => {
        const { company } = membership;
        return {
          body: { receipt: shown(await deleteCompany(database, { company, caller, now }, body.name)) },
        };
      },
    }),
  ];
};
