/** What a template is: the parameters it takes, the link it carries, and the letter it writes. */
import type { z } from 'zod';
import type { LinkPurpose } from '../foundation/link.ts';
import type { Letter } from './letter.ts';

/** What every letter knows besides its parameters. */
export interface LetterContext {
  /** The public URL's host, which is the name by which people know this installation. */
  readonly host: string;
  /** An address of the dashboard. @param path with its leading slash. */
  readonly page: (path: string) => string;
  /** The single-use link; only templates with a purpose may use it. */
  readonly link: string;
  /** When what the letter tells of happened. */
  readonly at: Date;
}

export interface Template<Params extends z.ZodType, Purpose extends LinkPurpose | null> {
  readonly params: Params;
  /** What its single-use link is for; null where it has none. */
  readonly link: Purpose;
  write(params: z.output<Params>, context: LetterContext): Letter;
}

/** Keeps a template's types while it stands in a table. */
export const defineTemplate = <Params extends z.ZodType, const Purpose extends LinkPurpose | null>(
  template: Template<Params, Purpose>,
): Template<Params, Purpose> => template;

/** `22 November 2026 at 12:00 UTC`. */
export const writeTime = (at: Date): string => {
  const day = at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day} at ${at.toISOString().slice(11, 16)} UTC`;
};

/** `22 November 2026`, from `2026-11-22`. */
export const writeDay = (day: string): string =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });

/** Why a letter about one's own account comes. */
export const ownerReason = (host: string): string =>
  `You get this mail because this address belongs to an account at ${host}. It is sent whenever the security of the account changes and cannot be switched off.`;

/** What to do about a change that one did not make. */
export const notYou = (page: (path: string) => string): string =>
  `If this was not you, reset your password at once at ${page('/forgot-password')}, which ends every session, and look through your second factors.`;
