/** Builds the index in a process of its own, so that what it takes for that is the system's again when it ends. */
import { writeSync } from 'node:fs';
import { writeGazetteer } from './write-gazetteer.ts';

/** A line of what the process says of its work, as JSON. */
export type BuildLine =
  | { readonly message: string; readonly fraction: number }
  | { readonly error: string; readonly code: string | undefined };

// Written at once: who began this and is gone meanwhile leaves no reader, which ends it too.
const say = (line: BuildLine): void => {
  writeSync(1, `${JSON.stringify(line)}\n`);
};

const build = async (path: string): Promise<void> => {
  try {
    await writeGazetteer(path, { report: (message, fraction) => say({ message, fraction }) });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    process.exitCode = 1;
    if (code !== 'EPIPE') say({ error: message, code });
  }
};

const [path] = process.argv.slice(2);
if (path !== undefined) await build(path);
