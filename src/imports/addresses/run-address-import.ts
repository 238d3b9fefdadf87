/** One import of address data from beginning to end: room, files, the layer, what is said against it, the manifest. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemFault } from '../../../gazetteer/import/import-error.ts';
import type { AddressFormat } from '../../../gazetteer/visitor/import/open-source.ts';
import type { ReadLayer } from '../../../gazetteer/visitor/import/source.ts';
import { utcDay, type Clock } from '../../foundation/clock.ts';
import type { NetworkKind } from '../../services/visitor/addresses/facts.ts';
import { loadLayerFile } from '../../services/visitor/addresses/layer-file.ts';
import { openLayer, type LayerName } from '../../services/visitor/addresses/layer-format.ts';
import { insistOnRoom } from '../disk-room.ts';
import { loadInThread } from '../load-index.ts';
import { ImportStopped } from '../lock.ts';
import { runInThread } from '../run-thread.ts';
import type { AddressJob } from './address-thread.ts';
import type { AddressInput, BuiltLayer } from './built-layer.ts';
import { reasonAgainst, type InUse, type Leave } from './checks.ts';
import { download } from './download.ts';
import {
  addressManifestForChange,
  importedFolder,
  type AddressManifest,
  type ImportedLayer,
  type ImportedList,
} from './manifest.ts';
import { sweepAddressStrays, useAddresses } from './take-into-use.ts';

/** What is to be imported. */
export interface AddressOrder extends Leave {
  /** From `visitorFolder`. */
  readonly folder: string;
  /** Paths and addresses; at least one, all of one layer. */
  readonly files: readonly string[];
  /** What it is said to be; the content tells otherwise. A kind goes with lists. */
  readonly layer: ReadLayer | undefined;
  readonly kind: NetworkKind | undefined;
  readonly format: AddressFormat | undefined;
  /** Day of the data, `YYYY-MM-DD`. */
  readonly date: string | undefined;
  /** Whom to name for it. */
  readonly credit: string | undefined;
  /** Of what is fetched, in hex. */
  readonly sha256: string | undefined;
  readonly insecure: boolean;
  readonly ca?: string | undefined;
  /** Where a layer lies as it is shipped; unpacked first where it is not there. Rejects where there is none. */
  readonly shippedPath: (layer: LayerName) => Promise<string>;
  readonly clock: Clock;
  /** @param share of the whole, 0 to 1. */
  readonly report: (message: string, share: number) => void;
  /** A line for the operator besides progress. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface AddressesImported extends BuiltLayer {
  readonly seconds: number;
}

const THREAD = new URL('address-thread.ts', import.meta.url);
/** Bytes on the disk for each of the input's, packed or not; measured with DB-IP's cities, and rounded up. */
const ROOM_FACTOR = 4;

const isAddress = (file: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//iu.test(file);

const stampOf = (now: number): string => new Date(now).toISOString().replaceAll(/[-:.]/gu, '');

const checkRoom = ({ folder, anyway, say }: AddressOrder, bytes: number): Promise<void> =>
  insistOnRoom(folder, bytes * ROOM_FACTOR, { anyway, say });

/** Fetches what lies elsewhere, and looks at what lies here. */
const gather = async (order: AddressOrder, work: string): Promise<AddressInput[]> => {
  const { files, sha256, insecure, signal, report, say, ca, clock } = order;
  const inputs: AddressInput[] = [];
  let known = 0;
  for (const [index, file] of files.entries()) {
    if (isAddress(file)) {
      const path = join(work, String(index));
      const makeSure = (bytes: number): Promise<void> => checkRoom(order, known + bytes);
      const {
        name,
        bytes,
        sha256: sum,
        changedAt,
      } = await download({
        url: file,
        path,
        sha256,
        insecure,
        signal,
        report,
        makeSure,
        ca,
      });
      say(`${name}: ${bytes.toLocaleString('en')} bytes, SHA-256 ${sum}`);
      known += bytes;
      inputs.push({ path, name, changedAt: changedAt ?? utcDay(clock.now()) });
    } else {
      const { size, mtimeMs } = await stat(file).catch((error: unknown) => {
        throw systemFault(error, file) ?? error;
      });
      known += size;
      inputs.push({ path: file, name: basename(file), changedAt: utcDay(mtimeMs) });
    }
  }
  await checkRoom(order, known);
  return inputs;
};

/** What a layer in use says of itself; undefined where there is none that can be read. */
const inUseOf = async (
  { folder, shippedPath }: Pick<AddressOrder, 'folder' | 'shippedPath'>,
  manifest: AddressManifest,
  layer: LayerName,
): Promise<InUse | undefined> => {
  try {
    const imported = manifest[layer]?.file;
    const path = imported === undefined ? await shippedPath(layer) : join(importedFolder(folder), imported);
    const { meta, ranges } = openLayer(layer, await loadLayerFile(layer, path)).tables;
    return { builtAt: meta.builtAt, v4: ranges.v4, v6: ranges.v6 };
  } catch {
    return undefined;
  }
};

const build = async (
  job: AddressJob,
  order: Pick<AddressOrder, 'report' | 'signal'>,
  folder: string,
): Promise<BuiltLayer> => {
  const end = await runInThread<BuiltLayer>(THREAD, job, order);
  switch (end.kind) {
    case 'done':
      return end.result;
    case 'damaged':
      throw new ImportStopped(4, `${end.sentence} Nothing was changed.`);
    case 'full':
      throw new ImportStopped(
        1,
        `The disk is full: ${folder} has no room for the import. Nothing was changed, and servers go on with what they have; make room and begin again.`,
      );
    case 'stopped':
    default:
      throw new ImportStopped(130, 'Interrupted; nothing was changed.');
  }
};

const entryOf = ({ file, builtAt, origin, ranges }: BuiltLayer, importedAt: string): ImportedLayer => ({
  file,
  importedAt,
  builtAt,
  origin,
  ranges,
});

const keptLists = (
  folder: string,
  lists: readonly ImportedList[],
): { kind: NetworkKind; path: string; builtAt: string; origin: string }[] =>
  lists.map(({ kind, file, builtAt, origin }) => ({
    kind,
    path: join(importedFolder(folder), file),
    builtAt,
    origin,
  }));

const manifestWith = (
  before: AddressManifest,
  built: BuiltLayer,
  kind: NetworkKind | undefined,
  importedAt: string,
): AddressManifest => {
  const entry = entryOf(built, importedAt);
  if (built.layer !== 'kinds') return { ...before, [built.layer]: entry };
  const others = (before.kinds?.lists ?? []).filter((list) => list.kind !== kind);
  const { list } = built;
  const lists =
    list === undefined || kind === undefined
      ? others
      : [...others, { ...list, kind, importedAt, ranges: built.v4 + built.v6 }];
  return { ...before, kinds: { ...entry, lists } };
};

/** Fetches, reads, writes, checks, and takes into use; needs the lock. @throws {ImportStopped} and `ImportError`. */
export const runAddressImport = async (order: AddressOrder): Promise<AddressesImported> => {
  const { folder, kind, clock, say, shippedPath, date, credit } = order;
  await mkdir(importedFolder(folder), { recursive: true });
  await sweepAddressStrays(folder);
  const before = await addressManifestForChange(folder, say);
  const began = clock.monotonic();
  const work = join(folder, 'work');
  await mkdir(work, { recursive: true });
  try {
    const inputs = await gather(order, work);
    const parts = { folder: importedFolder(folder), stamp: stampOf(clock.now()), date, credit };
    const lists = before.kinds?.lists ?? [];
    const job: AddressJob =
      kind === undefined
        ? { ...parts, what: 'layer', inputs, layer: order.layer, format: order.format }
        : {
            ...parts,
            what: 'kinds',
            list: { kind, inputs },
            kept: keptLists(
              folder,
              lists.filter((list) => list.kind !== kind),
            ),
            shipped: await shippedPath('kinds'),
          };
    const built = await build(job, order, folder);
    const same = lists.find((list) => list.kind === kind);
    const inUse =
      kind === undefined
        ? await inUseOf(order, before, built.layer)
        : { builtAt: same?.builtAt, v4: same?.ranges ?? built.ofKind?.shippedRanges ?? 0, v6: 0 };
    const judged = built.list === undefined ? built : { ...built, builtAt: built.list.builtAt };
    const reason = reasonAgainst(judged, inUse, clock.now(), order);
    if (reason !== undefined)
      throw new ImportStopped(
        5,
        `${inputs.map(({ name }) => name).join(', ')}: ${reason}. Nothing was changed.`,
      );
    // As servers will read it.
    await loadInThread(built.layer, join(importedFolder(folder), built.file), built.file);
    order.signal.throwIfAborted();
    const after = manifestWith(before, built, kind, new Date(clock.now()).toISOString());
    await useAddresses(folder, before, after, 'until the next change');
    return { ...built, seconds: (clock.monotonic() - began) / 1000 };
  } catch (error) {
    await sweepAddressStrays(folder);
    if (order.signal.aborted) throw new ImportStopped(130, 'Interrupted; nothing was changed.');
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

const without = (manifest: AddressManifest, layer: LayerName): AddressManifest => {
  const { [layer]: _gone, ...rest } = manifest;
  return rest;
};

/** Goes back to what is shipped, of a layer or of one kind; needs the lock. @throws {ImportStopped} where nothing is imported. */
export const dropAddresses = async (
  what: LayerName | NetworkKind,
  order: Pick<AddressOrder, 'folder' | 'shippedPath' | 'clock' | 'say' | 'report' | 'signal'>,
): Promise<void> => {
  const { folder, clock, say, shippedPath } = order;
  const before = await addressManifestForChange(folder, say);
  const nothing = (): ImportStopped =>
    new ImportStopped(1, `Nothing is imported of ${what}; see: vouchsafe visitor list`);
  if (what === 'place' || what === 'network' || what === 'kinds') {
    if (before[what] === undefined) throw nothing();
    await useAddresses(folder, before, without(before, what), 'no longer');
    return;
  }
  const lists = before.kinds?.lists ?? [];
  const others = lists.filter(({ kind }) => kind !== what);
  if (others.length === lists.length) throw nothing();
  if (others.length === 0) {
    await useAddresses(folder, before, without(before, 'kinds'), 'no longer');
    return;
  }
  const built = await build(
    {
      what: 'kinds',
      kept: keptLists(folder, others),
      shipped: await shippedPath('kinds'),
      date: undefined,
      credit: undefined,
      folder: importedFolder(folder),
      stamp: stampOf(clock.now()),
    },
    order,
    folder,
  );
  const after = manifestWith(before, built, what, new Date(clock.now()).toISOString());
  await useAddresses(folder, before, after, 'no longer');
};
