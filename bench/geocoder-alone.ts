/** A process that only opens the index and asks it: `node bench/geocoder-alone.ts PATH` prints its resident bytes. */
import { loadGazetteerFile, openGazetteer } from '../src/services/geocoding/gazetteer.ts';

const ROUNDS = 20_000;
const TEXTS = [
  'Paris',
  'Springfield, Illinois',
  'San José',
  'Łódź, Poland',
  '12 Main Street, Springfield, IL',
];

const [path = ''] = process.argv.slice(2);
const gazetteer = openGazetteer(await loadGazetteerFile(path));
for (let round = 0; round < ROUNDS; round += 1) {
  gazetteer.forward({ text: TEXTS[round % TEXTS.length]!, limit: 10 });
  gazetteer.reverse((round % 170) - 85, (round % 359) - 179);
}
process.stdout.write(String(process.memoryUsage.rss()));
