/** Shows which address data are in use, and how old they are. */
import { join } from 'node:path';
import { shippedLayerPath } from '../../gazetteer/visitor/addresses/ensure-address-data.ts';
import { importedFolder, readAddressManifest } from '../imports/addresses/manifest.ts';
import { loadLayerFile } from '../services/visitor/addresses/layer-file.ts';
import { LAYERS, openLayer } from '../services/visitor/addresses/layer-format.ts';

const DAY_MS = 86_400_000;

const ageOf = (builtAt: string, now: number): string => {
  const days = Math.max(0, Math.floor((now - Date.parse(builtAt)) / DAY_MS));
  return days === 1 ? '1 day old' : `${days} days old`;
};

/** A line for each layer, and for each list within the kinds. @throws {ManifestError} */
export const listVisitor = async (
  folder: string,
  say: (line: string) => void,
  now: number,
): Promise<void> => {
  const manifest = await readAddressManifest(folder);
  for (const layer of LAYERS) {
    const imported = manifest[layer];
    const path =
      imported === undefined ? shippedLayerPath(folder, layer) : join(importedFolder(folder), imported.file);
    const come = imported === undefined ? 'shipped' : `imported ${imported.importedAt.slice(0, 10)}`;
    try {
      const { meta, ranges } = openLayer(layer, await loadLayerFile(layer, path)).tables;
      say(
        `${layer}  ${come}  of ${meta.builtAt} (${ageOf(meta.builtAt, now)})  ${ranges.v4.toLocaleString('en')} ranges of IPv4, ${ranges.v6.toLocaleString('en')} of IPv6  ${meta.origin}`,
      );
    } catch {
      say(
        imported === undefined
          ? `${layer}  shipped  unpacked when a server starts`
          : `${layer}  ${come}  MISSING or damaged: import it again, or go back with: vouchsafe visitor remove ${layer}`,
      );
    }
  }
  for (const { kind, builtAt, ranges, origin } of manifest.kinds?.lists ?? [])
    say(
      `  kinds:${kind}  of ${builtAt} (${ageOf(builtAt, now)})  ${ranges.toLocaleString('en')} ranges  ${origin}`,
    );
};
