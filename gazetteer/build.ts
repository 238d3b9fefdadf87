import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { writeGazetteer } from './write-gazetteer.ts';

/** The command `node gazetteer/build.ts`: builds the index file by hand, as the server does at its first start. */

const HELP = `Builds the gazetteer index from the installed data packages.

Usage: node gazetteer/build.ts [--output FILE]

  --output FILE  where to put the index (default: data/gazetteer.idx)
  --help         show this
`;

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', default: 'data/gazetteer.idx' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const started = performance.now();
  await writeGazetteer(values.output, {
    report: (message, fraction) =>
      process.stderr.write(`${String(Math.round(fraction * 100)).padStart(3)} %  ${message}\n`),
  });
  const { size } = await stat(values.output);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${values.output}: ${(size / 1e6).toFixed(1)} MB in ${seconds} s\n`);
};

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
  process.exitCode = 1;
});
