import type { Command } from './command.ts';
import { UsageError } from './command.ts';
import type { SecurityReport } from '../promises/report.ts';
import { runChecks } from '../admin/client.ts';
import { verifyHost } from '../promises/verify.ts';
import { parseArgs } from 'node:util';

const MARKS = { kept: 'kept     ', broken: 'BROKEN   ', unchecked: 'unchecked' } as const;

const print = (report: SecurityReport, say: (line: string) => void): number => {
  for (const { id, state, evidence } of report.promises)
    say(`${MARKS[state]}  ${id}\n             ${evidence}`);
  const count = (state: keyof typeof MARKS): number =>
    report.promises.filter((promise) => promise.state === state).length;
  say(`${count('kept')} kept, ${count('broken')} broken, ${count('unchecked')} unchecked`);
  return count('broken') > 0 ? 1 : count('unchecked') > 0 ? 3 : 0;
};

/** Runs every check now, here as the operator or from outside as a stranger. */
export const verifyCommand: Command = {
  name: 'verify',
  usage: '[https://host [--ca FILE] [--http-port N]]',
  summary: 'check every promise now, or, with an address, repeat from outside what can be repeated',
  help: [
    'Without an address it asks the server that runs on this machine (ADMIN_PORT) to run every check.',
    '--ca FILE        certificate authority to trust, such as data/tls/ca.pem',
    '--http-port N    also look at the plain HTTP port',
    'Exit codes: 0 all kept, 1 one is broken, 2 the words are wrong or nothing answers, 3 one could not be checked.',
  ],
  run: async (words, { config, say }) => {
    const { positionals, values } = parseArgs({
      args: [...words],
      options: { ca: { type: 'string' }, 'http-port': { type: 'string' } },
      allowPositionals: true,
    });
    const [address] = positionals;
    if (address === undefined) {
      const report = await runChecks(config.adminPort);
      if (report !== undefined) return print(report, say);
      throw new UsageError(
        `No server answers on 127.0.0.1:${config.adminPort}; start it with npm start, or name its port with ADMIN_PORT.`,
      );
    }
    if (!URL.canParse(address) || new URL(address).protocol !== 'https:') {
      throw new UsageError('verify takes an address such as https://api.example.com');
    }
    const httpPort = values['http-port'];
    return verifyHost({
      url: address,
      caPath: values.ca,
      httpPort: httpPort === undefined ? undefined : Number(httpPort),
      say,
    });
  },
};
