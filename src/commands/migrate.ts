import { systemClock } from '../foundation/clock.ts';
import { openPremises } from '../house.ts';
import { createLog } from '../log.ts';
import type { Command } from './command.ts';

/** Brings the schema up to date without serving. */
export const migrateCommand: Command = {
  name: 'migrate',
  usage: '',
  summary: 'bring the database schema up to date and stop',
  help: ['Exit codes: 0 up to date, 1 it failed and left nothing behind.'],
  run: async (_words, { config, say }) => {
    const log = createLog(config.logLevel);
    const premises = await openPremises({ config, mode: 'attach-or-start', clock: systemClock, log, say });
    await premises.close();
    say('The database is up to date.');
    return 0;
  },
};
