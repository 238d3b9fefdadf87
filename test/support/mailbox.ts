/** A person's mailbox at the test's SMTP server: the next mail of a subject, and the link in it. */
import assert from 'node:assert/strict';
import { until } from './server.ts';
import type { ReceivedMail, TestSmtp } from './smtp.ts';

export interface Mailbox {
  /** Waits for a mail of this subject that was not read yet. */
  next(subject: string | RegExp): Promise<ReceivedMail>;
  /** The one link with a token in the next mail of this subject; the same in the text and in the HTML. */
  nextLink(subject: string | RegExp): Promise<string>;
  /** Every link so far, the oldest first. */
  links(): readonly string[];
  /** Subjects of all mails so far, oldest first. */
  subjects(): readonly string[];
}

const isAbout = (mail: ReceivedMail, subject: string | RegExp): boolean => {
  const own = mail.mail.subject ?? '';
  return typeof subject === 'string' ? own === subject : subject.test(own);
};

const LINK = /https:\/\/[^\s"<>]+#token=[\w-]{43}(?![\w-])/g;

const linksIn = (text: string): readonly string[] => [...new Set(text.match(LINK))];

/** Opens the mailbox of an address. */
export const openMailbox = (smtp: TestSmtp, address: string): Mailbox => {
  const read = new Set<ReceivedMail>();
  const own = (): readonly ReceivedMail[] => smtp.received.filter(({ to }) => to.includes(address));
  const next: Mailbox['next'] = async (subject) => {
    let found: ReceivedMail | undefined;
    await until(`a mail about ${String(subject)}`, () => {
      found = own().find((mail) => !read.has(mail) && isAbout(mail, subject));
      return found !== undefined;
    });
    assert.ok(found);
    read.add(found);
    return found;
  };
  return {
    next,
    nextLink: async (subject) => {
      const { mail } = await next(subject);
      const [link = ''] = linksIn(mail.text ?? '');
      assert.deepEqual(linksIn(mail.text ?? ''), [link]);
      assert.deepEqual(linksIn(mail.html ?? ''), [link]);
      return link;
    },
    links: () => own().flatMap(({ mail }) => linksIn(mail.text ?? '')),
    subjects: () => own().map(({ mail }) => mail.subject ?? ''),
  };
};
