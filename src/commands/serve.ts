import { relative } from 'node:path';
import type { CreatedKey } from '../keys/service.ts';
import { serve, type TrialPlace } from '../serve.ts';
import type { Command } from './command.ts';

/** As short as it is, and absolute only where it lies outside of the working directory. */
const shown = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
};

/**
 * Resolves at the first signal to stop. The handlers stay: npm and process managers send the same signal twice, and a
 * second one must not end the process in the middle of stopping the database.
 */
const untilSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });

const showTrialKey = (
  key: CreatedKey,
  { publicUrl, caPath }: TrialPlace,
  say: (line: string) => void,
): void => {
  const secret = key.secret.expose();
  const ca = caPath === undefined ? '' : `--cacert ${shown(caPath)} `;
  say('');
  say('This is the first start, so there is a trial project with one key. Its secret is shown only now:');
  say('');
  say(`  ${secret}`);
  say('');
  say('When the server is ready, paste this to get a first answer:');
  say('');
  say(`  curl ${ca}-H "Authorization: Bearer ${secret}" "${publicUrl}/geocode/v1/json?q=Paris,+Texas"`);
  say('');
};

/** Starts everything and answers until it is told to stop. */
export const serveCommand: Command = {
  name: 'serve',
  usage: '',
  summary: 'start the server (what npm start does)',
  help: [
    'Starts the database, opens or builds the gazetteer, listens. SIGTERM or Ctrl-C lets requests under way finish.',
    'Exit codes: 0 stopped as asked, 1 it could not start, 2 the configuration is wrong.',
  ],
  run: async (_words, { config, say }) => {
    const signal = untilSignal();
    const server = await serve({ config, say, onTrialKey: (key, place) => showTrialKey(key, place, say) });
    const { caPath, publicUrl } = server;
    if (caPath !== undefined)
      say(`The certificate is from a local CA; clients have to trust ${shown(caPath)}`);
    const { httpPort, adminPort } = server;
    const plain = httpPort === null ? '' : `, plain HTTP on ${httpPort} only redirects or refuses`;
    say(
      `Ready at ${publicUrl} (promises: ${publicUrl}/security${plain}, administration on 127.0.0.1:${adminPort})`,
    );
    say(`Dashboard: ${publicUrl}/dashboard (sign up at ${publicUrl}/dashboard/sign-up)`);
    const mailbox = `SMTP_URL is not set, so mail stays in the mailbox at http://127.0.0.1:${adminPort}/mailbox`;
    say(config.smtpUrl === null ? `Mail: ${mailbox}` : 'Mail: handed over to the server of SMTP_URL');
    await signal;
    say('Stopping: requests under way are finished first.');
    await server.close();
    return 0;
  },
};
