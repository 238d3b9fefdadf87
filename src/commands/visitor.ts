import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ensureShippedLayer,
  shippedLayerPath,
} from '../../gazetteer/visitor/addresses/ensure-address-data.ts';
import { ADDRESS_FORMATS, type AddressFormat } from '../../gazetteer/visitor/import/open-source.ts';
import type { ReadLayer } from '../../gazetteer/visitor/import/source.ts';
import { systemClock } from '../foundation/clock.ts';
import { readDownloadUrl } from '../imports/addresses/download.ts';
import { visitorFolder } from '../imports/addresses/manifest.ts';
import { dropAddresses, runAddressImport } from '../imports/addresses/run-address-import.ts';
import { withFolderLock } from '../imports/lock.ts';
import { NETWORK_KINDS, type NetworkKind } from '../services/visitor/addresses/facts.ts';
import { LAYERS, type LayerName } from '../services/visitor/addresses/layer-format.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';
import { endOfImport } from './end-of-import.ts';
import { createProgressLine } from './gazetteer-progress.ts';
import { listVisitor } from './visitor-list.ts';

const OPTIONS = {
  as: { type: 'string' },
  format: { type: 'string' },
  date: { type: 'string' },
  credit: { type: 'string' },
  sha256: { type: 'string' },
  'allow-older': { type: 'boolean' },
  anyway: { type: 'boolean' },
  insecure: { type: 'boolean' },
} as const;

type Values = { [Name in keyof typeof OPTIONS]?: string | boolean };

const TAKEN = 'Running servers take it by themselves within seconds.';
const KINDS = NETWORK_KINDS.join(' | ');

const textFrom = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

const kindFrom = (text: string): NetworkKind => {
  const found = NETWORK_KINDS.find((kind) => kind === text);
  if (found === undefined) throw new UsageError(`Kinds are ${KINDS}; for example --as kinds:tor_exit`);
  return found;
};

const asFrom = (text: string | undefined): { layer?: ReadLayer; kind?: NetworkKind } => {
  if (text === undefined) return {};
  if (text === 'place' || text === 'network') return { layer: text };
  if (text.startsWith('kinds:')) return { kind: kindFrom(text.slice('kinds:'.length)) };
  throw new UsageError('--as takes place, network, or kinds: and a kind, for example --as kinds:tor_exit');
};

const formatFrom = (text: string | undefined): AddressFormat | undefined => {
  if (text === undefined) return undefined;
  const found = ADDRESS_FORMATS.find((format) => format === text);
  if (found === undefined) throw new UsageError(`--format takes ${ADDRESS_FORMATS.join(' | ')}.`);
  return found;
};

const dayFrom = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}$/u.test(text) ? Date.parse(text) : Number.NaN;
  // The 30th of February would be some day of March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new UsageError('--date takes the day of the data, for example --date 2026-11-01');
  return text;
};

const creditFrom = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const clean = text.trim();
  if (clean === '' || clean.length > 200 || /\p{C}/u.test(clean))
    throw new UsageError(
      '--credit takes a line of up to 200 characters, as the licence of the data wants it.',
    );
  return clean;
};

const sumFrom = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/iu.test(text)) throw new UsageError('--sha256 takes 64 hexadecimal digits.');
  return text.toLowerCase();
};

const isAddress = (file: string): boolean => file.includes('://');

const readOrder = (files: readonly string[], values: Values) => {
  if (files.length === 0)
    throw new UsageError(
      'import takes files or https addresses, for example: import dbip-city-lite-2026-11.mmdb',
    );
  const { layer, kind } = asFrom(textFrom(values.as));
  const format = formatFrom(textFrom(values.format));
  if (kind !== undefined && format !== undefined && format !== 'list')
    throw new UsageError('Kinds are imported from lists; leave out --format.');
  const sha256 = sumFrom(textFrom(values.sha256));
  const insecure = values.insecure === true;
  const addresses = files.filter(isAddress);
  if (sha256 !== undefined && (addresses.length !== 1 || files.length !== 1))
    throw new UsageError('--sha256 is of one file that is fetched; import the others by themselves.');
  for (const address of addresses) readDownloadUrl(address, insecure, sha256);
  return {
    files: files.map((file) => (isAddress(file) ? file : resolve(file))),
    layer,
    kind,
    format,
    date: dayFrom(textFrom(values.date)),
    credit: creditFrom(textFrom(values.credit)),
    sha256,
    insecure,
    allowOlder: values['allow-older'] === true,
    anyway: values.anyway === true,
  };
};

/** Runs something under the lock with a line of progress, and hears Ctrl-C. */
const withProgress = async <Value>(
  { config }: CommandContext,
  work: (tools: {
    folder: string;
    clock: typeof systemClock;
    shippedPath: (layer: LayerName) => Promise<string>;
    report: (message: string, share: number) => void;
    say: (line: string) => void;
    signal: AbortSignal;
  }) => Promise<Value>,
): Promise<Value> => {
  const folder = visitorFolder(config.dataDir);
  const stop = new AbortController();
  const line = createProgressLine(process.stdout, systemClock);
  const onSignal = (): void => {
    line.say('Stopping.');
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  try {
    return await withFolderLock(folder, () =>
      work({
        folder,
        clock: systemClock,
        shippedPath: async (layer) => {
          await ensureShippedLayer(layer, folder, line.report);
          return shippedLayerPath(folder, layer);
        },
        report: line.report,
        say: line.say,
        signal: stop.signal,
      }),
    );
  } finally {
    line.end();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
  }
};

const count = (rows: number): string => rows.toLocaleString('en');

const importFiles = async (
  files: readonly string[],
  values: Values,
  context: CommandContext,
): Promise<void> => {
  const order = readOrder(files, values);
  const done = await withProgress(context, (tools) => runAddressImport({ ...order, ...tools }));
  for (const note of done.notes) context.say(note);
  context.say(
    `${order.kind ?? done.layer}: ${count(done.v4)} ranges of IPv4 and ${count(done.v6)} of IPv6 (${done.origin}, ${done.list?.builtAt ?? done.builtAt}), ${count(done.skipped)} rows say nothing, in ${done.seconds.toFixed(1)} s. ${TAKEN}`,
  );
  if (done.overlaps > 0)
    context.say(`${count(done.overlaps)} ranges overlap others; the narrower one holds.`);
};

const remove = async (rest: readonly string[], context: CommandContext): Promise<void> => {
  const [name, ...more] = rest;
  if (name === undefined || more.length > 0)
    throw new UsageError('remove takes place, network, kinds, or kinds: and a kind; see visitor list.');
  const layer = LAYERS.find((known) => known === name);
  if (layer === undefined && !name.startsWith('kinds:'))
    throw new UsageError('remove takes place, network, kinds, or kinds: and a kind; see visitor list.');
  const what = layer ?? kindFrom(name.slice('kinds:'.length));
  await withProgress(context, (tools) => dropAddresses(what, tools));
  context.say(`${name} is as it is shipped again. Running servers follow within seconds.`);
};

const run = async (words: readonly string[], context: CommandContext): Promise<number> => {
  const { positionals, values } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  const [action, ...rest] = positionals;
  const [surplus] = Object.keys(values);
  if (action !== 'import' && surplus !== undefined)
    throw new UsageError(`${action ?? 'visitor'} does not take --${surplus}.`);
  switch (action) {
    case 'import':
      await importFiles(rest, values, context);
      return 0;
    case 'list':
      if (rest.length > 0) throw new UsageError('list takes no more words.');
      await listVisitor(visitorFolder(context.config.dataDir), context.say, systemClock.now());
      return 0;
    case 'remove':
      await remove(rest, context);
      return 0;
    case undefined:
    default:
      throw new UsageError('visitor takes import, list or remove.');
  }
};

/** Imports, shows and removes data about addresses. */
export const visitorCommand: Command = {
  name: 'visitor',
  usage:
    'import FILE|URL... [--as place|network|kinds:KIND] [--format FORMAT] [--date DAY] [--credit TEXT] [--sha256 SUM] [--allow-older] [--anyway] | list | remove place|network|kinds[:KIND]',
  summary: 'import newer data about addresses; list and remove it',
  help: [
    'import   takes tables (.csv) of ip-location-db, DB-IP Lite and IP2Location LITE, MMDB files (DB-IP, GeoLite2,',
    '         ip-location-db), and lists of networks of one kind; plain, .gz or .zip, from a file or an https address.',
    '         Files of IPv4 and IPv6 go into one command. Running servers go on answering and take it when it is done.',
    '  --as LAYER       place, network, or kinds:KIND for lists (otherwise told by the content)',
    `                   KIND is ${KINDS}`,
    `  --format FORMAT  ${ADDRESS_FORMATS.join(' | ')} (otherwise told by the content)`,
    '  --date DAY       of the data, YYYY-MM-DD (otherwise of the MMDB, of the name, or of the last change of the file)',
    '  --credit TEXT    whom /credits names (otherwise told by the format and the name)',
    '  --sha256 SUM     the sum that a fetched file must have',
    '  --insecure       fetches over http:// too, only with --sha256',
    '  --allow-older    takes data that is older than what is in use',
    '  --anyway         takes what does not look plausible, and begins although the disk may be too small',
    'list     shows what is in use and how old it is',
    'remove   goes back to the shipped data of a layer, or of one kind',
    'Examples:',
    '  vouchsafe visitor import dbip-city-lite-2026-11.mmdb.gz',
    '  vouchsafe visitor import asn-ipv4.csv asn-ipv6.csv',
    '  vouchsafe visitor import https://check.torproject.org/torbulkexitlist --as kinds:tor_exit',
    'Where to get data, and its terms: docs/visitor-import.md',
    'Exit codes: 0 done, 1 it failed, 2 the words are wrong, 3 another is at it, 4 the input is damaged, 5 older or not plausible, 130 interrupted.',
  ],
  run: async (words, context) => {
    try {
      return await run(words, context);
    } catch (error) {
      return endOfImport(error);
    }
  },
};
