/** A real SMTP server in this process, which keeps what it takes and refuses what it is told to. */
import { after } from 'node:test';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { freePort } from './free-port.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
  readonly isEncrypted: boolean;
}

export interface TestSmtp {
  readonly port: number;
  /** For SMTP_URL. */
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /** Answers the next commands of this kind with these codes, one each; then all is well again. */
  refuse(command: 'MAIL FROM' | 'RCPT TO' | 'DATA', ...codes: readonly number[]): void;
  /** The newest mail to an address; waits for it. */
  mailTo(address: string): Promise<ReceivedMail>;
  close(): Promise<void>;
}

const failure = (code: number): Error =>
  Object.assign(new Error('as the test wishes'), { responseCode: code });

/** Starts a server on loopback, on a port to which it may come back; stopped after the tests. */
export const startSmtp = async (
  options: SMTPServerOptions & { readonly port?: number } = {},
): Promise<TestSmtp> => {
  const received: ReceivedMail[] = [];
  const refusals: { readonly command: string; readonly code: number }[] = [];
  const next = (command: string): Error | undefined => {
    const index = refusals.findIndex((refusal) => refusal.command === command);
    const [found] = index === -1 ? [] : refusals.splice(index, 1);
    return found === undefined ? undefined : failure(found.code);
  };
  const { port = await freePort(), ...rest } = options;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onMailFrom: (_address, _session, done) => done(next('MAIL FROM')),
    onRcptTo: (_address, _session, done) => done(next('RCPT TO')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refusal = next('DATA');
        if (refusal !== undefined) {
          done(refusal);
          return;
        }
        const raw = Buffer.concat(chunks).toString();
        const { mailFrom, rcptTo } = session.envelope;
        void PostalMime.parse(raw).then((mail) => {
          received.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            raw,
            mail,
            isEncrypted: session.secure,
          });
          done();
        }, done);
      });
    },
    ...rest,
  });
  // A client that goes away in the middle is no failure of the test.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= new Promise((resolve) => {
      server.close(() => resolve());
    }));
  after(close);
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuse: (command, ...codes) => void refusals.push(...codes.map((code) => ({ command, code }))),
    mailTo: async (address) => {
      for (;;) {
        const found = received.findLast(({ to }) => to.includes(address));
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close,
  };
};
