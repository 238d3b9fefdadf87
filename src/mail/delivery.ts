/** Delivers one mail: to the SMTP server, or into the local mailbox where there is none. */
import type { Clock } from '../foundation/clock.ts';
import { isId } from '../foundation/ids.ts';
import type { Log } from '../foundation/log.ts';
import type { Database } from '../store/database.ts';
import type { RenderedLetter } from './letter.ts';
import { deleteMail, dropOldMail, keepMail, takeMail } from './store.ts';
import type { LetterWriter, StoredMail } from './templates.ts';
import type { MailTransport } from './transport.ts';

export interface DeliveryOptions {
  /** A database of the role of jobs. */
  readonly database: Pick<Database, 'run'>;
  readonly write: LetterWriter;
  /** Undefined where SMTP_URL is not set: the mail then stays in the local mailbox. */
  readonly transport: MailTransport | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Delivery {
  /** Resolves when the mail needs no further attempt. @throws MailDelayed where it does. */
  deliver(payload: unknown): Promise<void>;
  /** Forgets mail that nobody waits for, and what the local mailbox has kept long enough. */
  sweep(now: number): Promise<void>;
}

/** The job has to run again; the message is a code, since the queue keeps it. */
class MailDelayed extends Error {
  constructor(code: string) {
    super(code);
    this.name = 'MailDelayed';
  }
}

/** How long the local mailbox keeps a mail, in days. */
export const MAILBOX_DAYS = 7;
const MAILBOX_MS = MAILBOX_DAYS * 86_400_000;

const OPERATION = 'mail.deliver';

const mailOf = (payload: unknown): string | undefined => {
  const id = typeof payload === 'object' && payload !== null && 'mail' in payload ? payload.mail : undefined;
  return typeof id === 'string' && isId('mai', id) ? id : undefined;
};

/**
 * Makes the delivery. A mail is sent once for each event, with one exception: where the process or the database ends
 * between the server's acceptance and our noting it, it is sent again, under the same Message-ID, by which servers and
 * mail programs know a repeat.
 */
export const createDelivery = ({ database, write, transport, clock, log }: DeliveryOptions): Delivery => {
  /** Accepted by the server, but not yet forgotten, because the database was away at that moment. */
  const handedOver = new Set<string>();

  const forget = async (id: string): Promise<void> => {
    await database.run(deleteMail, [id]);
    handedOver.delete(id);
  };

  const drop = async (id: string, message: string, code: string): Promise<void> => {
    log.warn(message, { operation: OPERATION, code });
    await forget(id);
  };

  const writeOrDrop = async (mail: StoredMail): Promise<RenderedLetter | undefined> => {
    try {
      return write(mail);
    } catch (error) {
      // No later attempt can write it either.
      log.error('a mail cannot be written and was dropped', { operation: OPERATION, error });
      await forget(mail.id);
      return undefined;
    }
  };

  const handOver = async (mail: StoredMail, to: MailTransport): Promise<void> => {
    const letter = await writeOrDrop(mail);
    if (letter === undefined) return;
    const { id, recipient, created_at: at } = mail;
    const sent = await to.send(letter, { id, recipient, at });
    if (sent.ok) {
      handedOver.add(id);
      await forget(id);
      return;
    }
    const { isFinal, code } = sent.reason;
    if (isFinal) return drop(id, 'the mail server refused a mail for good; it was dropped', code);
    throw new MailDelayed(code);
  };

  return {
    deliver: async (payload) => {
      const id = mailOf(payload);
      if (id === undefined) return;
      if (handedOver.has(id)) return forget(id);
      const [mail] = await database.run(takeMail, [id]);
      // Erased with the person or company that it was about, or done before.
      if (mail === undefined) return;
      const now = clock.now();
      if (mail.expires_at.getTime() <= now)
        return drop(id, 'a mail could not be handed over in time and was dropped', 'mail_expired');
      if (transport !== undefined) return handOver(mail, transport);
      await database.run(keepMail, [id, new Date(now)]);
    },
    sweep: async (now) => {
      // Where mail goes out by now, what the mailbox kept before is of no use.
      const keptSince = transport === undefined ? now - MAILBOX_MS : now;
      const [gone] = await database.run(dropOldMail, [new Date(now), new Date(keptSince)]);
      if (gone !== undefined && gone.lost > 0)
        log.warn('mails could not be handed over in time and were dropped', {
          operation: OPERATION,
          code: 'mail_expired',
          count: gone.lost,
        });
    },
  };
};
