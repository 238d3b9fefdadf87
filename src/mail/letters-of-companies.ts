/** Letters about companies: invitations, members and keys. */
import { z } from 'zod';
import { ROLES, type Role } from '../foundation/caller.ts';
import { printableName } from './letter.ts';
import { defineTemplate, writeTime } from './template.ts';

const COMPANY = z.object({ companyName: z.string() });
const KEY = COMPANY.extend({ projectName: z.string(), keyName: z.string() });

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  owner: 'an owner',
  admin: 'an administrator',
  member: 'a member',
  viewer: 'a viewer',
};

const nameKey = ({ companyName, projectName, keyName }: z.output<typeof KEY>): string =>
  `the key “${printableName(keyName)}” of the project “${printableName(projectName)}” (${printableName(companyName)})`;

const memberReason = (companyName: string, host: string): string =>
  `You get this mail because you belong, or belonged, to the company ${printableName(companyName)} at ${host}.`;

const ownersReason = (companyName: string, host: string): string =>
  `You get this mail because you answer for the keys of the company ${printableName(companyName)} at ${host}. Mails about keys cannot be switched off.`;

const WHAT_ENDED = {
  reported: {
    pair: 'The key was revoked at once, with every secret that it had. Make a new one, and find out where the old one lay: in a repository, a log, a web page.',
    'previous-secret':
      'It was the secret from before the last rotation, which ended at once. The present one works as before. Find out where the old one lay: in a repository, a log, a web page.',
    nothing: 'It had ended before.',
  },
  'plain-http': {
    pair: 'The key was revoked at once, as the project is set. Make a new one, and call https:// addresses only.',
    'previous-secret': 'That secret ended at once. Call https:// addresses only.',
    nothing:
      'The key still works. Rotate it, then find the program that calls an http:// address and change it to https://.',
  },
} as const;

const FAILURES = KEY.extend({
  /** Masked. */
  publicKey: z.string(),
  count: z.int(),
});

const failuresReason = (companyName: string, host: string): string =>
  `You get this mail because this is the address of the company ${printableName(companyName)} at ${host}, or that of an owner. Mails about keys cannot be switched off.`;

const times = (count: number, one: string, many: string): string =>
  count === 1 ? `one ${one}` : `${count.toLocaleString('en')} ${many}`;

export const LETTERS_OF_COMPANIES = {
  invitation: defineTemplate({
    params: COMPANY.extend({ role: z.enum(ROLES), inviterName: z.string().nullable() }),
    link: 'invitation',
    write: ({ companyName, role, inviterName }, { host, link }) => {
      const company = printableName(companyName);
      const inviter = inviterName === null ? 'One of its members' : printableName(inviterName);
      return {
        subject: `Invitation to ${company}`,
        paragraphs: [
          `${inviter} invites you to the company ${company} at ${host}, as ${ROLE_NAMES[role]}. Follow the link to see the invitation and to accept it. It works once, for seven days, and only for this address.`,
        ],
        action: { label: 'See the invitation', url: link },
        footer: [
          'You get this mail because somebody typed in this address to invite you.',
          'If you do not know the company, there is nothing to do: the invitation ends by itself and nothing else is sent.',
        ],
      };
    },
  }),
  'invitation-accepted': defineTemplate({
    params: COMPANY.extend({ email: z.string(), role: z.enum(ROLES) }),
    link: null,
    write: ({ companyName, email, role }, { host, at, page }) => ({
      subject: `Your invitation to ${printableName(companyName)} was accepted`,
      paragraphs: [
        `${printableName(email)} accepted your invitation on ${writeTime(at)} and is now ${ROLE_NAMES[role]} of ${printableName(companyName)}.`,
      ],
      footer: [
        `You get this mail because you invited this person at ${host}.`,
        `If you did not, remove the member and change your password at ${page('/account/security')}.`,
      ],
    }),
  }),
  'key-rotated': defineTemplate({
    params: KEY.extend({
      /** When the secret from before ends; RFC 3339. */
      previousEndsAt: z.iso.datetime(),
    }),
    link: null,
    write: (params, { host, at, page }) => ({
      subject: `A key of ${printableName(params.companyName)} was rotated`,
      paragraphs: [
        `On ${writeTime(at)} ${nameKey(params)} got a new secret. The secret from before works until ${writeTime(new Date(params.previousEndsAt))}.`,
      ],
      footer: [
        ownersReason(params.companyName, host),
        `If nobody of you did this, revoke the key at once in the dashboard, ${page('')}, and look into the company's audit log.`,
      ],
    }),
  }),
  'key-exposed': defineTemplate({
    params: KEY.extend({
      how: z.enum(['plain-http', 'reported']),
      ended: z.enum(['pair', 'previous-secret', 'nothing']),
    }),
    link: null,
    write: (params, { host, at, page }) => ({
      subject:
        params.how === 'reported'
          ? `A key of ${printableName(params.companyName)} was found by somebody else`
          : `A key of ${printableName(params.companyName)} was sent unencrypted`,
      paragraphs: [
        params.how === 'reported'
          ? `On ${writeTime(at)} somebody reported a secret of ${nameKey(params)} as exposed, and had it to prove that. We do not know who it was, nor where it was found.`
          : `On ${writeTime(at)} the secret of ${nameKey(params)} reached us over plain HTTP. Whoever watched the network on the way knows it now.`,
        WHAT_ENDED[params.how][params.ended],
      ],
      footer: [
        ownersReason(params.companyName, host),
        `Keys are rotated and revoked in the dashboard: ${page('')}`,
      ],
    }),
  }),
  'key-reveal': defineTemplate({
    params: KEY,
    link: 'key-reveal',
    write: (params, { host, link }) => ({
      subject: `A new secret for a key of ${printableName(params.companyName)}`,
      paragraphs: [
        `Whoever runs ${host} sends you this link to make a new secret for ${nameKey(params)}. It works once, for 15 minutes, and only for an owner or administrator of the company who signs in and proves anew who they are.`,
        'There is no secret yet: it is made when you confirm, and shown to you alone, once. How long the present one goes on working you choose there. Until then nothing changes.',
      ],
      action: { label: 'Make a new secret', url: link },
      footer: [
        ownersReason(params.companyName, host),
        'If nobody of you asked for this, leave the link alone and ask whoever runs the server: without it nothing happens.',
      ],
    }),
  }),
  'key-failures': defineTemplate({
    params: FAILURES.extend({
      /** RFC 3339. */
      firstAt: z.iso.datetime(),
      lastAt: z.iso.datetime(),
      /** Rows of failures since the mail before that were too soon after it, and failures in them. */
      untoldStreaks: z.int(),
      untoldFailures: z.int(),
    }),
    link: null,
    write: (params, { host, page }) => ({
      subject: `Failed attempts with a key of ${printableName(params.companyName)}`,
      paragraphs: [
        `Somebody used ${nameKey(params)} with a wrong secret, ${params.count.toLocaleString('en')} times in a row without a success between: first on ${writeTime(new Date(params.firstAt))}, last on ${writeTime(new Date(params.lastAt))}.`,
        'Nothing is locked: the right secret works as before, and only where the failures come from is slowed. A secret has 256 random bits and cannot be guessed.',
        'It may be a program of yours that has an old secret, or none: give it the present one. If you know of none, somebody tries a public key that they found. There is nothing that you have to do; if you think that they have a secret as well, rotate the key without an overlap.',
        ...(params.untoldStreaks === 0
          ? []
          : [
              `Since our mail before this one there ${params.untoldStreaks === 1 ? 'was' : 'were'} ${times(params.untoldStreaks, 'more such row', 'more such rows')}, with ${times(params.untoldFailures, 'attempt', 'attempts')}, of which we did not write at once: one such mail a day is enough.`,
            ]),
      ],
      lines: [`Public key: ${params.publicKey}`],
      action: { label: 'See the keys', url: page('') },
      footer: [
        failuresReason(params.companyName, host),
        'From where the attempts came we do not tell, because we do not keep it.',
      ],
    }),
  }),
  'key-success-after-failures': defineTemplate({
    params: FAILURES.extend({
      /** RFC 3339. */
      succeededAt: z.iso.datetime(),
      /** The same of other times since the mail before. */
      untoldAlarms: z.int(),
    }),
    link: null,
    write: (params, { host, page }) => ({
      subject: `Look at this: a key of ${printableName(params.companyName)} was opened after ${params.count.toLocaleString('en')} failures`,
      paragraphs: [
        `${params.count.toLocaleString('en')} attempts with ${nameKey(params)} failed in a row. Then, on ${writeTime(new Date(params.succeededAt))}, the right secret came from the same place.`,
        'If you have just put a program right that had a wrong secret, all is well. If not, somebody else has the secret: rotate the key now, without an overlap.',
        ...(params.untoldAlarms === 0
          ? []
          : [
              `The same happened ${params.untoldAlarms === 1 ? 'once' : `${params.untoldAlarms.toLocaleString('en')} times`} more since our mail before this one.`,
            ]),
      ],
      lines: [`Public key: ${params.publicKey}`],
      action: { label: 'See the keys', url: page('') },
      footer: [failuresReason(params.companyName, host)],
    }),
  }),
  'member-removed': defineTemplate({
    params: COMPANY,
    link: null,
    write: ({ companyName }, { host, at }) => ({
      subject: `You no longer belong to ${printableName(companyName)}`,
      paragraphs: [
        `On ${writeTime(at)} you were removed from the company ${printableName(companyName)}. You can no longer see it. Your account stays as it is.`,
      ],
      footer: [
        memberReason(companyName, host),
        'If this is a mistake, ask an owner of the company for a new invitation.',
      ],
    }),
  }),
  'role-changed': defineTemplate({
    params: COMPANY.extend({ role: z.enum(ROLES) }),
    link: null,
    write: ({ companyName, role }, { host, at }) => ({
      subject: `Your role in ${printableName(companyName)} was changed`,
      paragraphs: [
        `Since ${writeTime(at)} you are ${ROLE_NAMES[role]} of the company ${printableName(companyName)}.`,
      ],
      footer: [
        memberReason(companyName, host),
        'If this is a mistake, ask an owner of the company to change it back.',
      ],
    }),
  }),
};
