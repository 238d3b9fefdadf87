/** The local mailbox of a trial installation: mails that had nowhere to go, for people on this machine. */
import { isId } from '../foundation/ids.ts';
import type { Database } from '../store/database.ts';
import type { RenderedLetter } from './letter.ts';
import { countWaitingMail, findMail, listMail } from './store.ts';
import type { LetterWriter, StoredMail } from './templates.ts';

export interface MailboxEntry extends RenderedLetter {
  readonly id: string;
  readonly recipient: string;
  readonly at: Date;
}

export interface Mailbox {
  /** False where an SMTP server takes the mail: nothing is kept then, and nothing is shown. */
  readonly keepsMail: boolean;
  /** The page on which people sign up, for who finds no mail yet. */
  readonly signUpUrl: string;
  /** The newest mails first, at most 200; empty where nothing is kept. */
  list(): Promise<readonly MailboxEntry[]>;
  /** Undefined for an unknown mail, and where nothing is kept. */
  read(id: string): Promise<MailboxEntry | undefined>;
  /** Mails that have not left yet. */
  countWaiting(): Promise<number>;
}

export interface MailboxOptions {
  /** A database of the role of jobs. */
  readonly database: Pick<Database, 'run'>;
  readonly write: LetterWriter;
  readonly keepsMail: boolean;
  /** The installation's origin, without a trailing slash. */
  readonly publicUrl: string;
}

const MOST_SHOWN = 200;

/** Makes the mailbox; letters are written when they are looked at, since no table holds a link. */
export const createMailbox = ({ database, write, keepsMail, publicUrl }: MailboxOptions): Mailbox => {
  const open = (mail: StoredMail): MailboxEntry | undefined => {
    try {
      return { ...write(mail), id: mail.id, recipient: mail.recipient, at: mail.created_at };
    } catch {
      // From another version; its job says so in the log.
      return undefined;
    }
  };
  return {
    keepsMail,
    signUpUrl: `${publicUrl}/dashboard/sign-up`,
    list: async () => {
      if (!keepsMail) return [];
      const mails = await database.run(listMail, [MOST_SHOWN]);
      return mails.map(open).filter((entry) => entry !== undefined);
    },
    read: async (id) => {
      if (!keepsMail || !isId('mai', id)) return undefined;
      const [mail] = await database.run(findMail, [id]);
      return mail === undefined ? undefined : open(mail);
    },
    countWaiting: async () => (await database.run(countWaitingMail, []))[0]?.waiting ?? 0,
  };
};
