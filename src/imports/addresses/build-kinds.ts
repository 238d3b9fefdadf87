/** Makes the layer of kinds out of what is shipped and of lists, each of which stands for all that is known of its kind. */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { numberOfAddress } from '../../../gazetteer/visitor/addresses/collected-ranges.ts';
import { readLayerRows } from '../../../gazetteer/visitor/addresses/read-rows.ts';
import type { KindsRow } from '../../../gazetteer/visitor/addresses/rows.ts';
import { writeLayer } from '../../../gazetteer/visitor/addresses/write-layer.ts';
import { ImportError } from '../../../gazetteer/import/import-error.ts';
import { creditOf, dateOfName } from '../../../gazetteer/visitor/import/credits.ts';
import { readList } from '../../../gazetteer/visitor/import/list-rows.ts';
import { openSource } from '../../../gazetteer/visitor/import/open-source.ts';
import type { AddressRange } from '../../../gazetteer/visitor/import/range.ts';
import { createSpotCheck } from '../../../gazetteer/visitor/import/spot-check.ts';
import { createTally } from '../../../gazetteer/visitor/import/tally.ts';
import { formatAddress } from '../../services/visitor/addresses/address.ts';
import type { NetworkKind } from '../../services/visitor/addresses/facts.ts';
import { loadLayerFile } from '../../services/visitor/addresses/layer-file.ts';
import { openLayer, type LayerAttribution } from '../../services/visitor/addresses/layer-format.ts';
import { bitsOf } from '../../services/visitor/addresses/networks.ts';
import { createRangeFinder } from '../../services/visitor/addresses/range-finder.ts';
import type { ThreadTools } from '../thread-work.ts';
import type { AddressInput, BuiltLayer } from './built-layer.ts';

/** A list that is in use already, as it is kept. */
export interface KeptList {
  readonly kind: NetworkKind;
  readonly path: string;
  readonly builtAt: string;
  readonly origin: string;
}

/** What is to be made. */
export interface KindsJob {
  readonly what: 'kinds';
  /** Another list; left out where one is taken away. */
  readonly list?: { readonly kind: NetworkKind; readonly inputs: readonly AddressInput[] } | undefined;
  /** Lists that stay. */
  readonly kept: readonly KeptList[];
  /** The layer as it is shipped. */
  readonly shipped: string;
  readonly date: string | undefined;
  readonly credit: string | undefined;
  /** Where the files go, and what tells them from others. */
  readonly folder: string;
  readonly stamp: string;
}

/** Rows that are looked up again in what was written. */
const LOOKED_UP = 2000;
const TABLE = 'it is no list of networks';

/** Reads a list, and writes it down in its plain form. */
const keepList = async (
  { list, folder, stamp, date }: KindsJob,
  { signal, report }: ThreadTools,
  pass: (row: AddressRange) => void,
): Promise<
  { readonly file: string; readonly builtAt: string; readonly names: readonly string[] } | undefined
> => {
  if (list === undefined) return undefined;
  const file = `${list.kind}.${stamp}.list`;
  const out = createWriteStream(join(folder, file), { mode: 0o644, flush: true });
  const days: string[] = [];
  try {
    for (const { path, name, changedAt } of list.inputs) {
      const source = await openSource(path, 'list', signal);
      if (source.format !== 'list')
        throw new ImportError({ file: path, what: TABLE, todo: 'leave out --as' });
      days.push(date ?? dateOfName(name) ?? changedAt);
      const share = (part: number): void => report(`reading ${name}`, part / 2);
      for await (const row of readList(source.input, { signal, report: share })) {
        pass(row);
        const line = `${formatAddress(row.first)}-${formatAddress(row.last)}\n`;
        if (!out.write(line)) await new Promise<void>((resolve) => out.once('drain', resolve));
      }
    }
  } finally {
    out.end();
    await finished(out);
  }
  return { file, builtAt: [...days].sort()[0] ?? '', names: list.inputs.map(({ name }) => name) };
};

async function* rowsOfList(
  path: string,
  kind: NetworkKind,
  signal: AbortSignal,
): AsyncGenerator<KindsRow, void, void> {
  // An empty list says that nothing is of its kind; a file of no bytes is refused elsewhere.
  const { size } = await open(path).then(async (file) => file.stat().finally(() => file.close()));
  if (size === 0) return;
  const source = await openSource(path, 'list', signal);
  if (source.format !== 'list') return;
  for await (const row of readList(source.input, { signal, report: () => undefined }))
    yield { ...row, kinds: [kind] };
}

/** Looks rows up in what was written; an address has all the kinds of all the ranges that it lies in. */
const verify = (buffer: SharedArrayBuffer, rows: readonly KindsRow[]): void => {
  const find = createRangeFinder(openLayer('kinds', buffer).sections);
  createSpotCheck(() => rows).check(find, (bits, { kinds }) => (bits & bitsOf(kinds)) === bitsOf(kinds));
};

/** How much of the addresses is of a kind: of IPv4, and of the IPv6 that is given out (2000::/3, RFC 4291 §2.4). */
const sharesOf = (
  buffer: SharedArrayBuffer,
  kind: NetworkKind,
): { readonly shareOfV4: number; readonly shareOfV6: number } => {
  const covered = { 4: 0n, 6: 0n };
  for (const { first, last, kinds } of readLayerRows('kinds', buffer))
    if (kinds.includes(kind)) covered[first.version] += numberOfAddress(last) - numberOfAddress(first) + 1n;
  return { shareOfV4: Number(covered[4]) / 2 ** 32, shareOfV6: Number(covered[6]) / 2 ** 125 };
};

/** Reads the list, and writes the layer anew. Throws `ImportError` for damage. */
export const buildKinds = async (job: KindsJob, tools: ThreadTools): Promise<BuiltLayer> => {
  const { signal, report } = tools;
  const tally = createTally<AddressRange>(1);
  const written = createTally<KindsRow>(LOOKED_UP);
  const added = await keepList(job, tools, tally.pass);
  const credit = creditOf(added?.names.join(' ') ?? '');
  const lists: KeptList[] = [...job.kept];
  if (job.list !== undefined && added !== undefined)
    lists.push({
      kind: job.list.kind,
      path: join(job.folder, added.file),
      builtAt: added.builtAt,
      origin: job.credit?.slice(0, 200) ?? credit.origin,
    });
  const buffer = await loadLayerFile('kinds', job.shipped);
  const { meta } = openLayer('kinds', buffer).tables;
  const replaced = new Set(lists.map(({ kind }) => kind));
  let isShippedUsed = false;
  let shippedRanges = 0;

  async function* rows(): AsyncGenerator<KindsRow, void, void> {
    for (const row of readLayerRows('kinds', buffer)) {
      if (job.list !== undefined && row.kinds.includes(job.list.kind)) shippedRanges += 1;
      const kinds = row.kinds.filter((kind) => !replaced.has(kind));
      if (kinds.length === 0) continue;
      isShippedUsed = true;
      yield { ...row, kinds };
    }
    for (const { path, kind } of lists) yield* rowsOfList(path, kind, signal);
    report('writing', 0.8);
  }
  const stated: LayerAttribution[] = lists.map(({ kind, origin }) => ({
    ...creditOf('').attribution,
    text: [kind, origin].join(': '),
  }));
  const layerMeta = {
    // As old as the oldest of its parts. Which of the shipped rows are used is known when the rows have been read.
    get builtAt(): string {
      const days = lists.map(({ builtAt }) => builtAt);
      return (
        [...days, ...(isShippedUsed || days.length === 0 ? [meta.builtAt] : [])].sort()[0] ?? meta.builtAt
      );
    },
    get origin(): string {
      const origins = lists.map(({ kind, origin }) => `${kind} of ${origin}`);
      return [...(isShippedUsed ? [meta.origin] : []), ...origins].join(', ').slice(0, 200);
    },
    get attribution(): readonly LayerAttribution[] {
      return [...(isShippedUsed ? meta.attribution : []), ...stated];
    },
  };
  const file = `kinds.${job.stamp}.idx`;
  const path = join(job.folder, file);
  async function* passed(): AsyncGenerator<KindsRow, void, void> {
    for await (const row of rows()) {
      written.pass(row);
      yield row;
    }
  }
  const { v4, v6 } = await writeLayer('kinds', passed(), layerMeta, path, { signal });
  signal.throwIfAborted();
  const made = await loadLayerFile('kinds', path);
  verify(made, written.kept);
  return {
    layer: 'kinds',
    file,
    builtAt: layerMeta.builtAt,
    origin: layerMeta.origin,
    v4: tally.v4,
    v6: tally.v6,
    overlaps: 0,
    skipped: 0,
    strange: 0,
    ranges: v4 + v6,
    notes: [],
    ...(added === undefined || job.list === undefined
      ? {}
      : {
          ofKind: { shippedRanges, ...sharesOf(made, job.list.kind) },
          list: { file: added.file, builtAt: added.builtAt, origin: lists.at(-1)?.origin ?? credit.origin },
        }),
  };
};
