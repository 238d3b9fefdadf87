/** A process that writes an extract of made-up houses, and says on standard output how that went. */
import { drawStreets } from '../../bench/street-grid.ts';
import { writeExtract } from '../../gazetteer/import/extract-writer.ts';
import { ImportError } from '../../gazetteer/import/import-error.ts';
import { loadGazetteerFile, openGazetteer } from '../../src/services/geocoding/gazetteer.ts';

const [index = '', path = '', work = '', houses = '0'] = process.argv.slice(2);
const base = openGazetteer(await loadGazetteerFile(index));
const before = process.memoryUsage().rss;
let peak = before;
const report = (): void => {
  peak = Math.max(peak, process.memoryUsage().rss);
};
const say = (what: object): void => console.log(JSON.stringify(what));
try {
  const source = drawStreets(Number(houses));
  const counts = await writeExtract({ source, base, path, work, attribution: 'nobody', report });
  say({ ...counts, grownBytes: peak - before });
} catch (error) {
  say({ failed: error instanceof Error ? error.message : '', isImportError: error instanceof ImportError });
}
