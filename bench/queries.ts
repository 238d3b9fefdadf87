/** The questions that the bench asks: many different ones, from the gazetteer's own data, the same in every run. */
import { readPlaces, type PlaceRow } from '../gazetteer/sources.ts';
import { createSeededRandom } from './figures.ts';

export interface Questions {
  /** Names as people write them: a third a place's name, a third with its country, a third another of its names. */
  readonly forward: readonly string[];
  /** The same of places drawn by population alone: what people ask for when they ask for where people live. */
  readonly asked: readonly string[];
  /** The first and the last third of them: names alone, for engines that know no countries. */
  readonly names: readonly string[];
  /** Latitude and longitude in degrees. */
  readonly points: readonly (readonly [number, number])[];
}

/** What the mix is, in words for the report. */
export const MIX =
  'half of the places are drawn evenly, half by population, so that both villages and cities with many namesakes occur; ' +
  'a third of the names are exact, a third "name, country", a third another name in any language and script';

export const POINT_MIX =
  'nine of ten points lie up to 0.1° from a place drawn the same way, one of ten anywhere on the globe';

const SEED = 20_261_122;

/** Other names of a place that look like names: GeoNames also lists links and codes. */
const otherNames = ({ alternates, name }: PlaceRow): string[] =>
  alternates.split(',').filter((other) => other.length >= 3 && other !== name && !/[/:]/u.test(other));

/** Draws `count` questions of each kind. */
export const drawQuestions = (count: number): Questions => {
  const random = createSeededRandom(SEED);
  const places = readPlaces().filter(({ name }) => name.length >= 2);
  const sums = new Float64Array(places.length);
  let total = 0;
  for (const [index, { population }] of places.entries()) {
    total += population;
    sums[index] = total;
  }
  const byPopulation = (): number => {
    const wanted = random() * total;
    let low = 0;
    let high = places.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const draw = (): PlaceRow =>
    places[random() < 0.5 ? byPopulation() : Math.floor(random() * places.length)]!;

  const countries = new Intl.DisplayNames('en', { type: 'region' });
  const asQuestion = (place: PlaceRow, index: number): string => {
    const others = otherNames(place);
    // A few places have no name in ASCII.
    const other = others[Math.floor(random() * others.length)] ?? (place.asciiName || place.name);
    return [place.name, `${place.name}, ${countries.of(place.country) ?? ''}`, other][index % 3]!;
  };

  const forward: string[] = [];
  const names: string[] = [];
  const points: [number, number][] = [];
  for (let index = 0; index < count; index += 1) {
    const text = asQuestion(draw(), index);
    forward.push(text);
    if (index % 3 !== 1) names.push(text);
    const { lat, lng } = draw();
    const nearby = (degrees: number): number => Number((degrees + (random() - 0.5) * 0.2).toFixed(5));
    const anywhere = random() < 0.1;
    points.push(
      anywhere
        ? [
            Number((Math.asin(random() * 2 - 1) * (180 / Math.PI)).toFixed(5)),
            Number((random() * 360 - 180).toFixed(5)),
          ]
        : [Math.max(-90, Math.min(90, nearby(lat))), Math.max(-180, Math.min(180, nearby(lng)))],
    );
  }
  const asked = Array.from({ length: count }, (_, index) => asQuestion(places[byPopulation()]!, index));
  return { forward, asked, names, points };
};
