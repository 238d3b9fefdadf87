import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../foundation/clock.ts';
import { buildGazetteerFile, gazetteerPath, usableBase } from '../imports/base-file.ts';
import { FORMATS, formatOf, type ImportFormat } from '../imports/formats.ts';
import { BASE_NAME, runImport } from '../imports/run-import.ts';
import { ImportStopped, withImportLock } from '../imports/lock.ts';
import { EXTRACT_NAME, gazetteerFolder } from '../imports/manifest.ts';
import { dropExtract, usePackages } from '../imports/take-into-use.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import { endOfImport } from './end-of-import.ts';
import { listGazetteer } from './gazetteer-list.ts';
import { createProgressLine, progressPrinter } from './gazetteer-progress.ts';

const OPTIONS = {
  as: { type: 'string' },
  format: { type: 'string' },
  country: { type: 'string' },
  resume: { type: 'boolean' },
  anyway: { type: 'boolean' },
  output: { type: 'string' },
} as const;

type Values = { [Name in keyof typeof OPTIONS]?: string | boolean };

const TAKEN = 'Running servers take it by themselves within seconds.';

const build = async (output: string | undefined, { config, say }: CommandContext): Promise<void> => {
  if (output !== undefined) {
    await buildGazetteerFile(resolve(output), progressPrinter(say));
    say(`The gazetteer is at ${resolve(output)}.`);
    return;
  }
  await withImportLock(config.dataDir, async () => {
    const path = gazetteerPath(config.dataDir);
    await buildGazetteerFile(path, progressPrinter(say));
    await usePackages(gazetteerFolder(config.dataDir), new Date(systemClock.now()), say);
    say(`The gazetteer is at ${path}. ${TAKEN}`);
  });
};

/** `liechtenstein-latest.osm.pbf` is called `liechtenstein`. */
const nameFrom = (path: string): string =>
  basename(path)
    .toLowerCase()
    .replace(/(?:\.(?:osm|pbf|csv|geojson|txt|gz|zip))+$/u, '')
    .replace(/-(?:latest|\d{6,8})$/u, '')
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/gu, '');

const extractName = (text: string): string => {
  if (EXTRACT_NAME.test(text) && text !== BASE_NAME) return text;
  throw new UsageError(
    `An extract is called by up to 40 lower-case letters, digits and hyphens, and not ${BASE_NAME}; for example --as liechtenstein`,
  );
};

const formatFrom = (text: string | boolean | undefined): ImportFormat | undefined => {
  if (text === undefined) return undefined;
  const found = FORMATS.find((format) => format === text);
  if (found === undefined) throw new UsageError(`--format takes ${FORMATS.join(' | ')}.`);
  return found;
};

const countryFrom = (text: string | boolean | undefined): string | undefined => {
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^[A-Za-z]{2}$/u.test(text)) return text.toUpperCase();
  throw new UsageError('--country takes the two letters of a country, for example --country LI');
};

const isOfBase = (format: ImportFormat): boolean => format.startsWith('geonames');

/** What the files are, and under which name they go. @throws {UsageError} where they do not belong together. */
const planOf = async (
  files: readonly string[],
  values: Values,
): Promise<{ readonly name: string; readonly inputs: { path: string; format: ImportFormat }[] }> => {
  const wanted = formatFrom(values.format);
  const inputs: { path: string; format: ImportFormat }[] = [];
  for (const file of files) {
    const path = resolve(file);
    // Looked at in any case: a file that cannot be read is better known before anything begins.
    const told = await formatOf(path, wanted);
    inputs.push({ path, format: told });
  }
  const [first] = inputs;
  if (first === undefined)
    throw new UsageError('import takes files, for example: import liechtenstein-latest.osm.pbf');
  const isMixed = inputs.some(({ format }) =>
    isOfBase(first.format) ? !isOfBase(format) : format !== first.format,
  );
  if (isMixed) throw new UsageError('Files of one import are of one kind; import the others by themselves.');
  if (first.format === 'osm' && inputs.length > 1)
    throw new UsageError(
      'An OpenStreetMap extract is one file; import the others by themselves, each --as its own name.',
    );
  const given = typeof values.as === 'string' ? values.as : undefined;
  if (isOfBase(first.format)) {
    if (given !== undefined && given !== BASE_NAME)
      throw new UsageError(
        "GeoNames' tables become the base index, which has no other name; leave out --as.",
      );
    return { name: BASE_NAME, inputs };
  }
  return { name: extractName(given ?? nameFrom(first.path)), inputs };
};

const importFiles = async (
  files: readonly string[],
  values: Values,
  { config }: CommandContext,
): Promise<number> => {
  const country = countryFrom(values.country);
  const { name, inputs } = await planOf(files, values);
  const stop = new AbortController();
  const line = createProgressLine(process.stdout, systemClock);
  const onSignal = (): void => {
    line.say('Stopping; what is done is kept.');
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  try {
    const { rows, skipped, seconds, path, notes } = await withImportLock(config.dataDir, () =>
      runImport({
        folder: gazetteerFolder(config.dataDir),
        name,
        inputs,
        country,
        openBase: () => usableBase(config.dataDir, progressPrinter(line.say)),
        resume: values.resume === true,
        anyway: values.anyway === true,
        clock: systemClock,
        report: line.report,
        say: line.say,
        signal: stop.signal,
      }),
    );
    for (const note of notes) line.say(`skipped: ${note}`);
    line.say(
      `${name}: ${rows.toLocaleString('en')} rows, ${skipped.toLocaleString('en')} skipped, in ${seconds.toFixed(1)} s; it is at ${path}. ${TAKEN}`,
    );
    return 0;
  } catch (error) {
    line.end();
    if (error instanceof ImportStopped && error.exitCode === 130) {
      const words = files.map((file) => (/^[\w./-]+$/u.test(file) ? file : `'${file}'`)).join(' ');
      throw new ImportStopped(
        130,
        `${error.message} Go on with: vouchsafe gazetteer import ${words}${name === BASE_NAME ? '' : ` --as ${name}`} --resume`,
      );
    }
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
  }
};

const run = async (words: readonly string[], context: CommandContext): Promise<number> => {
  const { positionals, values } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  const [action, ...rest] = positionals;
  const allowed: readonly string[] =
    action === 'import'
      ? ['as', 'format', 'country', 'resume', 'anyway']
      : action === 'build'
        ? ['output']
        : [];
  const surplus = Object.keys(values).find((name) => !allowed.includes(name));
  if (surplus !== undefined) throw new UsageError(`${action ?? 'gazetteer'} does not take --${surplus}.`);
  const { dataDir } = context.config;
  switch (action) {
    case 'import':
      return importFiles(rest, values, context);
    case 'list':
      if (rest.length > 0) throw new UsageError('list takes no more words.');
      await listGazetteer(gazetteerFolder(dataDir), context.say);
      return 0;
    case 'remove': {
      const [name, ...more] = rest;
      if (name === undefined || more.length > 0)
        throw new UsageError('remove takes the name of an extract; see gazetteer list.');
      if (name === BASE_NAME)
        throw new UsageError('gazetteer build goes back to the base index of the installed packages.');
      const known = extractName(name);
      await withImportLock(dataDir, () => dropExtract(gazetteerFolder(dataDir), known, context.say));
      context.say(`${known} is removed. Running servers go on without it within seconds.`);
      return 0;
    }
    case 'build':
      if (rest.length > 0) throw new UsageError('build takes no more words.');
      await build(values.output, context);
      return 0;
    case undefined:
    default:
      throw new UsageError('gazetteer takes import, list, remove or build.');
  }
};

/** Imports what an operator brings, shows and removes it, and builds the index of the installed packages by hand. */
export const gazetteerCommand: Command = {
  name: 'gazetteer',
  usage:
    'import FILE... [--as NAME] [--format FORMAT] [--country CC] [--resume] [--anyway] | list | remove NAME | build [--output FILE]',
  summary: 'import streets, houses and places; list and remove them; build the index of the packages',
  help: [
    'import   takes an OpenStreetMap extract (.osm.pbf), OpenAddresses (.csv, .geojson), or tables of GeoNames with its',
    '         postcodes; plain, .gz or .zip. Running servers go on answering and take it when it is done.',
    '  --as NAME        what the extract is called (otherwise after its file); one of that name is replaced',
    `  --format FORMAT  ${FORMATS.join(' | ')} (otherwise told by the content)`,
    '  --country CC     the country of OpenAddresses files that do not say it by their path',
    '  --resume         goes on with an import of the same files that was interrupted or killed',
    '  --anyway         begins although the disk may be too small',
    'list     shows what is in use, and imports that can go on',
    'remove   takes an extract out of use and removes its files',
    'build    builds the index of the installed packages, and goes back to it where GeoNames had been imported',
    '  --output FILE    only builds, to that file',
    'Examples:',
    '  vouchsafe gazetteer import liechtenstein-latest.osm.pbf',
    '  vouchsafe gazetteer import us/tx/*.csv --as texas --country US',
    '  vouchsafe gazetteer import allCountries.zip admin1CodesASCII.txt admin2Codes.txt alternateNamesV2.zip',
    'How to get these files: docs/geocoding-import.md',
    'Exit codes: 0 done, 1 it failed, 2 the words are wrong, 3 another is at it, 4 the input is damaged, 130 interrupted.',
  ],
  run: async (words, context) => {
    try {
      return await run(words, context);
    } catch (error) {
      return endOfImport(error);
    }
  },
};
