/** Mail of one process, put together: what its jobs do, what is done hourly, and the mailbox for the administrative page. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../foundation/clock.ts';
import type { Log } from '../foundation/log.ts';
import type { Database } from '../store/database.ts';
import { createDelivery } from './delivery.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { parseSender, parseSmtpUrl } from './smtp-url.ts';
import { createLetterWriter } from './templates.ts';
import { createMailTransport } from './transport.ts';

export interface MailServiceOptions {
  /** A database of the role of jobs (`store.jobs`). */
  readonly database: Pick<Database, 'run'>;
  readonly publicUrl: string;
  /** `deriveKey(master, 'link')`. */
  readonly linkKey: KeyObject;
  /** SMTP_URL as `readConfig` has checked it; null for the local mailbox. */
  readonly smtpUrl: string | null;
  /** MAIL_FROM as `readConfig` has checked it. */
  readonly from: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface MailService {
  /** For `startJobs`. */
  readonly tasks: { readonly 'mail.deliver': (payload: unknown) => Promise<void> };
  readonly schedule: readonly [
    {
      readonly name: 'mail.sweep';
      readonly every: 'hour';
      readonly run: (now: number) => Promise<void>;
    },
  ];
  readonly mailbox: Mailbox;
  /** Breaks off what is being handed over, for a process that ends; its jobs fail and are done by the next one. */
  hangUp(): void;
}

/** Makes the service; nothing is sent until its task runs. Throws where the settings were not checked before. */
export const createMailService = (options: MailServiceOptions): MailService => {
  const { database, publicUrl, linkKey, smtpUrl, clock, log } = options;
  const settings = smtpUrl === null ? undefined : parseSmtpUrl(smtpUrl);
  const from = parseSender(options.from);
  if (from === undefined || (smtpUrl !== null && settings === undefined))
    throw new TypeError('the settings of mail are not valid');
  const write = createLetterWriter({ publicUrl, linkKey });
  const transport = settings === undefined ? undefined : createMailTransport({ settings, from });
  const { deliver, sweep } = createDelivery({ database, write, transport, clock, log });
  return {
    tasks: { 'mail.deliver': deliver },
    schedule: [{ name: 'mail.sweep', every: 'hour', run: sweep }],
    mailbox: createMailbox({ database, write, keepsMail: transport === undefined, publicUrl }),
    hangUp: () => transport?.hangUp(),
  };
};
