/** Letters about leaving: what was erased, and what is going to be. */
import { z } from 'zod';
import { printableName } from './letter.ts';
import { defineTemplate, writeDay, writeTime, type LetterContext } from './template.ts';

/** What was erased, by store, and what stays where nobody can erase it at once. */
const RECEIPT = z.object({
  id: z.string(),
  erased: z.array(z.object({ store: z.string(), rows: z.int().min(0) })),
  kept: z.array(z.string()),
});

const listReceipt = ({ id, erased, kept }: z.output<typeof RECEIPT>): readonly string[] => [
  `Receipt ${id}`,
  ...erased.map(({ store, rows }) => `erased from ${store.replaceAll('_', ' ')}: ${rows}`),
  ...kept.map((what) => `kept: ${printableName(what)}`),
];

const DORMANT = z.object({ deletionDay: z.iso.date() });

const writeDormant = (
  days: number,
  { deletionDay }: z.output<typeof DORMANT>,
  { host, page }: LetterContext,
) => ({
  subject: `Your account will be deleted in ${days} days`,
  paragraphs: [
    `Nobody has used your account at ${host} for a long time. We keep no data that nobody needs: on ${writeDay(deletionDay)} the account is deleted, with all that belongs to it alone. To keep it, sign in before that day, or use one of your keys.`,
  ],
  action: { label: 'Sign in to keep the account', url: page('/sign-in') },
  footer: [
    `You get this mail because this address belongs to an account at ${host} without a sign-in or an API call for months. It is sent 30 and 7 days before the deletion.`,
    'If you do not need the account any more, there is nothing to do.',
  ],
});

export const LETTERS_OF_LEAVING = {
  'company-deleted': defineTemplate({
    params: z.object({ companyName: z.string(), receipt: RECEIPT }),
    link: null,
    write: ({ companyName, receipt }, { host, at }) => ({
      subject: `${printableName(companyName)} was deleted`,
      paragraphs: [
        `On ${writeTime(at)} an owner deleted the company ${printableName(companyName)} at ${host}, with its projects and keys. This is what was erased:`,
      ],
      lines: listReceipt(receipt),
      footer: [
        'You get this mail because you belonged to the company.',
        'If this comes as a surprise, ask its owners; we cannot bring the data back.',
      ],
    }),
  }),
  'account-deleted': defineTemplate({
    params: z.object({
      receipt: RECEIPT,
      /** Whether the owner asked for it, or nobody had used the account for half a year. */
      reason: z.enum(['asked', 'dormant']),
    }),
    link: null,
    write: ({ receipt, reason }, { host, at }) => ({
      subject: 'Your account was deleted',
      paragraphs: [
        `Your account at ${host} was deleted on ${writeTime(at)}${reason === 'dormant' ? ', since nobody had used it for six months' : ''}. This is your receipt:`,
      ],
      lines: listReceipt(receipt),
      footer: [
        'You get this mail because this address belonged to the account. It is the last one; we no longer have the address.',
        'If this was not you, somebody else could sign in as you: change your password wherever you use the same one. We cannot bring the data back.',
      ],
    }),
  }),
  'dormant-30': defineTemplate({
    params: DORMANT,
    link: null,
    write: (params, context) => writeDormant(30, params, context),
  }),
  'dormant-7': defineTemplate({
    params: DORMANT,
    link: null,
    write: (params, context) => writeDormant(7, params, context),
  }),
};
