/** Every mail that Vouchsafe sends, and how one from the outbox becomes a letter. */
import type { KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { linkToken, type LinkPurpose } from '../foundation/link.ts';
import { renderLetter, type RenderedLetter } from './letter.ts';
import { LETTERS_OF_ACCESS } from './letters-of-access.ts';
import { LETTERS_OF_COMPANIES } from './letters-of-companies.ts';
import { LETTERS_OF_DATASETS } from './letters-of-datasets.ts';
import { LETTERS_OF_LEAVING } from './letters-of-leaving.ts';
import { LETTERS_OF_USAGE } from './letters-of-usage.ts';
import { LETTERS_OF_WEBHOOKS } from './letters-of-webhooks.ts';
import type { Template } from './template.ts';

export const TEMPLATES = {
  ...LETTERS_OF_ACCESS,
  ...LETTERS_OF_COMPANIES,
  ...LETTERS_OF_DATASETS,
  ...LETTERS_OF_LEAVING,
  ...LETTERS_OF_USAGE,
  ...LETTERS_OF_WEBHOOKS,
};

export type TemplateName = keyof typeof TEMPLATES;
export type ParamsOf<Name extends TemplateName> = z.output<(typeof TEMPLATES)[Name]['params']>;
export type PurposeOf<Name extends TemplateName> = (typeof TEMPLATES)[Name]['link'];

/** Where in the dashboard a link of each purpose leads. */
const LINK_PAGES: Readonly<Record<LinkPurpose, string>> = {
  'sign-up': '/confirm',
  'password-reset': '/reset-password',
  'email-change': '/confirm-email',
  invitation: '/invitation',
  'key-reveal': '/reveal-key',
  'dataset-invitation': '/dataset-invitation',
};

/** A mail as the outbox keeps it. */
export interface StoredMail {
  readonly id: string;
  readonly template: string;
  readonly recipient: string;
  readonly params: unknown;
  readonly link_purpose: string | null;
  readonly link_id: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

export interface LetterWriterOptions {
  /** The installation's origin, without a trailing slash. */
  readonly publicUrl: string;
  /** The key under which tokens of links are made. */
  readonly linkKey: KeyObject;
}

/** Turns a stored mail into a letter; the token of its link is made here and kept nowhere. */
export type LetterWriter = (mail: StoredMail) => RenderedLetter;

const isTemplate = (name: string): name is TemplateName => Object.hasOwn(TEMPLATES, name);

/** Makes the writer. It throws for a template, parameters or a link that this version does not know. */
export const createLetterWriter = ({ publicUrl, linkKey }: LetterWriterOptions): LetterWriter => {
  const page = (path: string): string => `${publicUrl}/dashboard${path}`;
  const { host } = new URL(publicUrl);
  const linkOf = (mail: StoredMail, purpose: LinkPurpose): string => {
    if (mail.link_purpose !== purpose || mail.link_id === null) throw new Error('a mail lacks its link');
    // In the fragment, which browsers send to nobody.
    return `${page(LINK_PAGES[purpose])}#token=${linkToken(linkKey, purpose, mail.link_id).expose()}`;
  };
  return (mail) => {
    if (!isTemplate(mail.template)) throw new Error('a mail of an unknown template');
    const template: Template<z.ZodType, LinkPurpose | null> = TEMPLATES[mail.template];
    const link = template.link === null ? '' : linkOf(mail, template.link);
    return renderLetter(
      template.write(template.params.parse(mail.params), { host, page, link, at: mail.created_at }),
    );
  };
};
