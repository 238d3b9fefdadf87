import { parseArgs } from 'node:util';
import { buildGazetteerFile, gazetteerPath } from '../gazetteer-file.ts';
import { type Command, UsageError } from './command.ts';

/** Prints each step once, and within a long step each further tenth. */
export const progressPrinter = (
  say: (line: string) => void,
): ((message: string, fraction: number) => void) => {
  let last = '';
  return (message, fraction) => {
    const line = `building the gazetteer: ${message} (${Math.floor(fraction * 10) * 10} %)`;
    if (line !== last) say(line);
    last = line;
  };
};

/** Builds the gazetteer index by hand; the server does it by itself at its first start. */
export const gazetteerCommand: Command = {
  name: 'gazetteer',
  usage: 'build [--output FILE]',
  summary: 'build the gazetteer index from the installed data packages',
  help: [
    '--output FILE   where to put it (otherwise DATA_DIR/gazetteer/places.idx)',
    'Exit codes: 0 built, 1 it failed, 2 the words are wrong.',
  ],
  run: async (words, { config, say }) => {
    const { positionals, values } = parseArgs({
      args: [...words],
      options: { output: { type: 'string' } },
      allowPositionals: true,
    });
    if (positionals.length !== 1 || positionals[0] !== 'build')
      throw new UsageError('gazetteer takes build.');
    const path = values.output ?? gazetteerPath(config.dataDir);
    await buildGazetteerFile(path, progressPrinter(say));
    say(`The gazetteer is at ${path}.`);
    return 0;
  },
};
