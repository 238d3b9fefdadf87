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
    params: KEY.extend({ isRevoked: z.boolean() }),
    link: null,
    write: (params, { host, at, page }) => ({
      subject: `A key of ${printableName(params.companyName)} was sent unencrypted`,
      paragraphs: [
        `On ${writeTime(at)} the secret of ${nameKey(params)} reached us over plain HTTP. Whoever watched the network on the way knows it now.`,
        params.isRevoked
          ? 'The key was revoked at once, as the project is set. Make a new one, and call https:// addresses only.'
          : 'The key still works. Rotate it, then find the program that calls an http:// address and change it to https://.',
      ],
      footer: [
        ownersReason(params.companyName, host),
        `Keys are rotated and revoked in the dashboard: ${page('')}`,
      ],
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
