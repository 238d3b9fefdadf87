/** Hands letters over to an SMTP server, and says what became of them without saying to whom. */
import { createTransport } from 'nodemailer';
import { ok, refused, type Result } from '../foundation/result.ts';
import type { RenderedLetter } from './letter.ts';
import type { Sender, SmtpSettings } from './smtp-url.ts';

export interface Envelope {
  /** Of the mail: makes its Message-ID, so that a repeat of the same mail bears the same one. */
  readonly id: string;
  readonly recipient: string;
  readonly at: Date;
}

export interface Refusal {
  /** Whether this mail will be refused as well next time; not so where the server refuses us, or everybody. */
  readonly isFinal: boolean;
  /** A reply code of SMTP (`550`), or nodemailer's word for what failed (`ETIMEDOUT`). */
  readonly code: string;
}

export interface MailTransport {
  /** Resolves when the server has taken the letter or has not; never rejects. */
  send(letter: RenderedLetter, envelope: Envelope): Promise<Result<undefined, Refusal>>;
  /** Breaks off what is being handed over and whatever is tried afterwards: it has to be tried again. */
  hangUp(): void;
}

export interface TransportOptions {
  readonly settings: SmtpSettings;
  readonly from: Sender;
  /** Milliseconds for one letter, from the connection to the acceptance; 60,000 where left out. */
  readonly deadlineMs?: number;
}

/** Below the time after which a stuck job is given to another process (`STUCK_TASK_SECONDS` in jobs/runner.ts). */
const DEADLINE_MS = 60_000;

/** As the outbox's own check has it; the library would send to what is left of anything else. */
const RECIPIENT = /^[^\s,;<>\p{Cc}]{1,254}$/u;

interface SendError {
  readonly code?: unknown;
  readonly responseCode?: unknown;
  readonly command?: unknown;
}

/**
 * RFC 5321 §4.2.1: 5yz is for good. But only what is said of the recipient or of the message is about this mail; a
 * refusal of our login, of our sender or of the connection is the installation's to mend, and the mail waits.
 */
const judge = (error: unknown): Refusal => {
  const { code, responseCode, command } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as SendError;
  const status =
    typeof responseCode === 'number' && responseCode >= 400 && responseCode < 600 ? responseCode : undefined;
  const isAboutMail = command === 'RCPT TO' || command === 'DATA';
  return {
    isFinal: status !== undefined && status >= 500 && isAboutMail,
    code: status?.toString() ?? (typeof code === 'string' && /^[A-Z]{3,30}$/.test(code) ? code : 'EUNKNOWN'),
  };
};

/** Makes the transport; each letter goes over a connection of its own, so that none outlives its use. */
export const createMailTransport = ({
  settings,
  from,
  deadlineMs = DEADLINE_MS,
}: TransportOptions): MailTransport => {
  const { host, port, tls, user, password } = settings;
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    // On loopback a certificate would prove nothing, and the ones that are there verify nowhere.
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    dnsTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password.expose() } }),
  });
  const hungUp = new AbortController();
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  return {
    send: async ({ subject, text, html }, { id, recipient, at }) => {
      if (!RECIPIENT.test(recipient)) return refused({ isFinal: true, code: 'EENVELOPE' });
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: recipient },
          envelope: { from: from.address, to: [recipient] },
          subject,
          text,
          html,
          date: at,
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.any([AbortSignal.timeout(deadlineMs), hungUp.signal]),
        });
        return ok(undefined);
      } catch (error) {
        return refused(judge(error));
      }
    },
    hangUp: () => hungUp.abort(),
  };
};
