/** Letters about getting in: addresses, passwords and second factors. */
import { z } from 'zod';
import { printableName } from './letter.ts';
import { defineTemplate, notYou, ownerReason, writeTime } from './template.ts';

const NOTHING = z.object({});

const FACTOR = z.object({
  factor: z.enum(['totp', 'passkey']),
  /** What the owner called it; null for the authenticator app. */
  name: z.string().nullable(),
});

const nameFactor = ({ factor, name }: z.output<typeof FACTOR>): string => {
  if (factor === 'totp') return 'the authenticator app';
  return name === null ? 'a passkey' : `the passkey “${printableName(name)}”`;
};

export const LETTERS_OF_ACCESS = {
  // Nothing that whoever filled in the form typed stands in it: anybody can fill it in with anybody's address.
  'sign-up-confirm': defineTemplate({
    params: NOTHING,
    link: 'sign-up',
    write: (_, { host, link }) => ({
      subject: 'Confirm your address',
      paragraphs: [
        `Somebody, we think you, began to sign up at ${host} with this address. Follow the link to confirm it and to finish. It works once, for 24 hours.`,
      ],
      action: { label: 'Confirm the address', url: link },
      footer: [
        'You get this mail because this address was typed in on our sign-up page.',
        'If this was not you, there is nothing to do: without the link no account is made, and the address is forgotten within a day.',
      ],
    }),
  }),
  'sign-up-exists': defineTemplate({
    params: NOTHING,
    link: null,
    write: (_, { host, page }) => ({
      subject: 'You already have an account',
      paragraphs: [
        `Somebody, we think you, tried to sign up at ${host} with this address. There already is an account with it, so nothing was changed. If you do not remember the password, the sign-in page lets you choose a new one.`,
      ],
      action: { label: 'Sign in', url: page('/sign-in') },
      footer: [
        `You get this mail because this address belongs to an account at ${host}.`,
        'If this was not you, there is nothing to do. Whoever it was has not been told that the account exists.',
      ],
    }),
  }),
  'password-reset': defineTemplate({
    params: NOTHING,
    link: 'password-reset',
    write: (_, { host, link }) => ({
      subject: 'Choose a new password',
      paragraphs: [
        `Somebody, we think you, asked for a new password for the account with this address at ${host}. Follow the link to choose one. It works once, for 30 minutes. Your second factor stays as it is, and every session ends.`,
      ],
      action: { label: 'Choose a new password', url: link },
      footer: [
        `You get this mail because this address belongs to an account at ${host}.`,
        'If this was not you, there is nothing to do: the password stays as it is.',
      ],
    }),
  }),
  'password-changed': defineTemplate({
    params: NOTHING,
    link: null,
    write: (_, { host, at, page }) => ({
      subject: 'Your password was changed',
      paragraphs: [
        `The password of your account at ${host} was changed on ${writeTime(at)}. Sessions in other browsers were ended.`,
      ],
      footer: [ownerReason(host), notYou(page)],
    }),
  }),
  'email-change-confirm': defineTemplate({
    params: NOTHING,
    link: 'email-change',
    write: (_, { host, link }) => ({
      subject: 'Confirm your new address',
      paragraphs: [
        `This address was given as the new one of an account at ${host}. To confirm it, follow the link and sign in to that account in the browser where it opens. The link works once, for 24 hours; until then the old address stays.`,
      ],
      action: { label: 'Confirm the new address', url: link },
      footer: [
        'You get this mail because this address was typed in on the page of an account.',
        'If this was not you, there is nothing to do: the link works only for whoever is signed in to that account, and without it the address does not become part of any account.',
      ],
    }),
  }),
  'email-change-notice': defineTemplate({
    params: NOTHING,
    link: null,
    write: (_, { host, at, page }) => ({
      subject: 'Your account is to get another address',
      paragraphs: [
        `On ${writeTime(at)} another mail address was given for your account at ${host}. As soon as it is confirmed, you sign in with it, and this address gets no more mail from us.`,
      ],
      footer: [ownerReason(host), notYou(page)],
    }),
  }),
  'email-changed': defineTemplate({
    params: NOTHING,
    link: null,
    write: (_, { host, at, page }) => ({
      subject: 'Your account has another address now',
      paragraphs: [
        `On ${writeTime(at)} the new mail address of your account at ${host} was confirmed. You sign in with it from now on; every session was ended, and this address gets no more mail from us.`,
      ],
      footer: [ownerReason(host), notYou(page)],
    }),
  }),
  'factor-added': defineTemplate({
    params: FACTOR,
    link: null,
    write: (factor, { host, at, page }) => ({
      subject: 'A second factor was added',
      paragraphs: [
        `On ${writeTime(at)} your account at ${host} got a new way to prove that you are you: ${nameFactor(factor)}.`,
      ],
      footer: [ownerReason(host), notYou(page)],
    }),
  }),
  'factor-removed': defineTemplate({
    params: FACTOR,
    link: null,
    write: (factor, { host, at, page }) => ({
      subject: 'A second factor was removed',
      paragraphs: [
        `On ${writeTime(at)} ${nameFactor(factor)} was removed from your account at ${host}. It opens the account no longer.`,
      ],
      footer: [ownerReason(host), notYou(page)],
    }),
  }),
  'recovery-code-used': defineTemplate({
    params: z.object({ left: z.int().min(0) }),
    link: null,
    write: ({ left }, { host, at, page }) => ({
      subject: 'A recovery code was used',
      paragraphs: [
        `On ${writeTime(at)} somebody signed in to your account at ${host} with a recovery code. It cannot be used again.`,
        left === 0
          ? 'No codes are left; make new ones on the security page of your account.'
          : `Codes left: ${left}. New ones are made on the security page of your account.`,
      ],
      footer: [ownerReason(host), notYou(page)],
    }),
  }),
  'recovery-codes-replaced': defineTemplate({
    params: NOTHING,
    link: null,
    write: (_, { host, at, page }) => ({
      subject: 'Your recovery codes were replaced',
      paragraphs: [
        `On ${writeTime(at)} new recovery codes were made for your account at ${host}. The codes from before no longer work.`,
      ],
      footer: [ownerReason(host), notYou(page)],
    }),
  }),
};
