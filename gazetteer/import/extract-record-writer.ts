/** Writes the records of an extract, in the order in which they come, and remembers by what they are found. */
import {
  CATEGORIES,
  FINE_DEGREE,
  POSTING_CONTEXT,
  POSTING_SPOT,
  POSTING_STREET,
  SPOT_AREA,
  SPOT_PLACE,
  SPOT_POI,
  SPOT_POSTCODE,
} from '../../src/services/geocoding/extract/extract-records.ts';
import type { FineBox, GridShape } from '../../src/services/geocoding/extract/grid.ts';
import { nameKeys, numberValue, streetKey } from '../../src/services/geocoding/extract/street-key.ts';
import type { HeldArea } from './extract-areas.ts';
import { PLACE_TYPES, type Contexts } from './extract-contexts.ts';
import type { ExtractFile } from './extract-file.ts';
import { createBox, createCellList } from './extract-grid.ts';
import { createExtractKeys } from './extract-keys.ts';
import type { House, Street, Stretch } from './extract-streets.ts';
import { createTexts } from './extract-texts.ts';
import type { ImportedPlace, ImportedPoi } from './feature.ts';
import type { PlaceCodes } from './place-codes.ts';
import { mostFrequent, nearestToMiddle } from './street-middle.ts';

/** What each kind of record is written with. */
export interface RecordWriter {
  /** @param codes postcodes of places by `Contexts.placeKey` */
  putStreet(street: Street, contexts: Contexts, codes: PlaceCodes): void;
  putPoi(poi: ImportedPoi, context: number): void;
  putPlace(place: ImportedPlace, context: number): void;
  /** @param node the place node that bears its name, which says where its middle is and what it is. */
  putArea(
    area: HeldArea,
    node:
      | { readonly lat: number; readonly lng: number; readonly type: string; readonly population: number }
      | undefined,
    contextAt: (lat: number, lng: number) => number,
  ): void;
  /** One place that has a postcode. */
  notePostcode(code: string, lat: number, lng: number, context: number): void;
  /** Writes what has been noted of postcodes. */
  putPostcodes(): void;
  finish(
    contexts: Contexts,
    codes: PlaceCodes,
  ): { rows: number; houses: number; streets: number; spots: number };
  remove(): void;
}

/** Postcodes that are gathered; no country has as many. */
const MOST_POSTCODES = 2_500_000;
/** Points of one postcode within its bounds: a house further away has a slip in its address. */
const POSTCODE_REACH = FINE_DEGREE;

interface Gathered extends FineBox {
  lat: number;
  lng: number;
  count: number;
  readonly context: number;
}

interface Spot extends FineBox {
  readonly kind: number;
  readonly lat: number;
  readonly lng: number;
  readonly name: string;
  readonly type: string;
  readonly category: string;
  readonly context: number;
  readonly number?: string | undefined;
  readonly street?: string | undefined;
  readonly population?: number | undefined;
  readonly wikidata?: string | undefined;
  readonly names?: Readonly<Record<string, string>> | undefined;
}

const categoryNumber = (category: string | undefined): number =>
  Math.max(0, (CATEGORIES as readonly string[]).indexOf(category ?? ''));

const pointBox = (lat: number, lng: number): FineBox => ({ south: lat, west: lng, north: lat, east: lng });

const TYPE_OF_LEVEL: Readonly<Record<number, string>> = {
  2: 'country',
  4: 'state',
  5: 'state_district',
  6: 'county',
};

/** @param work folder for what does not fit into memory */
export const createRecordWriter = (work: string, file: ExtractFile, shape: GridShape): RecordWriter => {
  const text = createTexts(file.section('texts'));
  const keys = createExtractKeys(work);
  const houseCells = createCellList(work, 'house-cells', shape);
  const spotCells = createCellList(work, 'spot-cells', shape);
  const roadCells = createCellList(work, 'road-cells', shape);
  const postcodes = new Map<string, Gathered>();
  const counts = { houses: 0, streets: 0, spots: 0, vertices: 0 };

  const addKeys = (name: string, kind: number, context: number, record: number): void => {
    for (const key of nameKeys(name)) keys.add(key, kind, context, record);
  };

  const putSpot = (spot: Spot): void => {
    const { kind, lat, lng, south, west, north, east, name, context } = spot;
    const record = counts.spots++;
    file
      .section('spots')
      .numbers([
        kind,
        lat,
        lng,
        south,
        west,
        north,
        east,
        text(name),
        text(spot.type),
        categoryNumber(spot.category),
        context,
        text(spot.number),
        text(spot.street),
        Math.min(2_000_000_000, spot.population ?? 0),
        text(spot.wikidata),
      ]);
    for (const each of new Set([name, ...Object.values(spot.names ?? {})]))
      addKeys(each, POSTING_SPOT, context, record);
    if (kind === SPOT_POSTCODE) keys.add(streetKey(name).replaceAll(' ', ''), POSTING_SPOT, context, record);
    if (kind === SPOT_POI && spot.category !== 'building') spotCells.addPoint(lat, lng, record);
  };

  const putHouse = (house: House, context: number, street: number): void => {
    const { lat, lng, number } = house;
    houseCells.addPoint(lat, lng, counts.houses++);
    file
      .section('houses')
      .numbers([
        lat,
        lng,
        text(number),
        numberValue(number),
        street,
        context,
        text(house.title),
        text(house.type),
        categoryNumber(house.category),
      ]);
  };

  const putLine = ({ line, facts }: Stretch, street: number): void => {
    const first = counts.vertices;
    file.section('pieces').numbers([first, street, facts]);
    file.section('vertices').numbers(line);
    counts.vertices += line.length / 2;
    for (let at = 0; at + 3 < line.length; at += 2)
      roadCells.addSegment(
        line[at] as number,
        line[at + 1] as number,
        line[at + 2] as number,
        line[at + 3] as number,
        first + at / 2,
      );
  };

  return {
    putStreet({ name, stretches, houses }, contexts, placeCodes) {
      const first = stretches[0]?.context ?? houses[0]?.context ?? 0;
      const box = createBox();
      for (const { line } of stretches)
        for (let at = 0; at < line.length; at += 2) box.put(line[at] as number, line[at + 1] as number);
      if (stretches.length === 0) for (const { lat, lng } of houses) box.put(lat, lng);
      const codes = houses.map(({ postcode }) => postcode);
      const usual =
        mostFrequent(codes) || contexts.get(first).postcode || placeCodes.of(contexts.placeKey(first));
      const isSole = codes.every((code) => code === '' || code === usual);
      const context = contexts.withPostcode(first, usual);
      const [lat, lng] = nearestToMiddle(stretches, box);
      const record = counts.streets++;
      const isPlace = stretches.length === 0 && houses[0]?.isPlace === true;
      const facts = stretches[0]?.facts ?? -1;
      file
        .section('streets')
        .numbers([
          text(name),
          context,
          lat,
          lng,
          box.south,
          box.west,
          box.north,
          box.east,
          counts.houses,
          houses.length,
          facts,
          isPlace ? 1 : 0,
        ]);
      addKeys(name, POSTING_STREET, context, record);
      for (const stretch of stretches) putLine(stretch, record);
      for (const house of houses) {
        const code = isSole ? usual : placeCodes.of(contexts.placeKey(house.context));
        const own = house.postcode === '' ? contexts.withPostcode(house.context, code) : house.context;
        putHouse(house, own, record);
        if (house.title === undefined) continue;
        const { lat: at, lng: on, title, type = 'building', number } = house;
        const street = isPlace ? undefined : name;
        // It stands in the grid as a house already.
        putSpot({
          kind: SPOT_POI,
          lat: at,
          lng: on,
          ...pointBox(at, on),
          name: title,
          type,
          category: 'building',
          context: own,
          number,
          street,
        });
      }
    },
    putPoi({ lat, lng, name, type, category, number, street, wikidata }, context) {
      putSpot({
        kind: SPOT_POI,
        lat,
        lng,
        ...pointBox(lat, lng),
        name,
        type,
        category,
        context,
        number,
        street,
        wikidata,
      });
    },
    putPlace({ lat, lng, name, type, population, names, wikidata }, context) {
      putSpot({
        kind: SPOT_PLACE,
        lat,
        lng,
        ...pointBox(lat, lng),
        name,
        type,
        category: 'place',
        context,
        population,
        names,
        wikidata,
      });
    },
    putArea(area, node, contextAt) {
      const { level, name, names, wikidata, postcode } = area.feature;
      const { south, west, north, east } = area;
      const middle = { lat: Math.round((south + north) / 2), lng: Math.round((west + east) / 2) };
      const own = node !== undefined && area.contains(node.lat, node.lng) ? node : undefined;
      const { lat, lng } = own ?? middle;
      const box = { south, west, north, east };
      const context = contextAt(lat, lng);
      if (level === 0) {
        const code = postcode ?? name;
        postcodes.delete(code);
        putSpot({
          kind: SPOT_POSTCODE,
          lat,
          lng,
          ...box,
          name: code,
          type: 'postcode',
          category: 'postcode',
          context,
        });
        return;
      }
      // The country is the base index's.
      if (level <= 2) return;
      const nodeType = own !== undefined && PLACE_TYPES.has(own.type) ? own.type : undefined;
      const type = TYPE_OF_LEVEL[level] ?? (level >= 9 ? 'suburb' : (nodeType ?? 'municipality'));
      putSpot({
        kind: SPOT_AREA,
        lat,
        lng,
        ...box,
        name,
        type,
        category: 'place',
        context,
        population: own?.population,
        names,
        wikidata,
      });
    },
    notePostcode(code, lat, lng, context) {
      const known = postcodes.get(code);
      if (known === undefined) {
        if (postcodes.size < MOST_POSTCODES)
          postcodes.set(code, { lat, lng, count: 1, context, ...pointBox(lat, lng) });
        return;
      }
      if (Math.abs(known.lat / known.count - lat) > POSTCODE_REACH) return;
      if (Math.abs(known.lng / known.count - lng) > 2 * POSTCODE_REACH) return;
      known.lat += lat;
      known.lng += lng;
      known.count += 1;
      known.south = Math.min(known.south, lat);
      known.north = Math.max(known.north, lat);
      known.west = Math.min(known.west, lng);
      known.east = Math.max(known.east, lng);
    },
    putPostcodes() {
      for (const [code, { lat, lng, count, context, south, west, north, east }] of postcodes)
        putSpot({
          kind: SPOT_POSTCODE,
          lat: Math.round(lat / count),
          lng: Math.round(lng / count),
          south,
          west,
          north,
          east,
          name: code,
          type: 'postcode',
          category: 'postcode',
          context,
        });
      postcodes.clear();
    },
    finish(contexts, placeCodes) {
      const section = file.section('contexts');
      for (let number = 0; number < contexts.size; number++) {
        const {
          suburb,
          place,
          placeType,
          county,
          state,
          stateIso,
          country,
          postcode,
          postalCity,
          population,
          lat,
          lng,
        } = contexts.get(number);
        section.numbers([
          text(suburb),
          text(place),
          text(placeType),
          text(county),
          text(state),
          text(stateIso),
          text(country),
          text(postcode),
          text(postalCity),
          Math.min(2_000_000_000, population),
          lat,
          lng,
        ]);
        const stateCode = stateIso.split('-')[1] ?? '';
        const code = streetKey(postcode);
        for (const name of new Set([suburb, place, postalCity, county, state, stateCode]))
          addKeys(name, POSTING_CONTEXT, number, number);
        keys.add(code, POSTING_CONTEXT, number, number);
        // What has no postcode of its own is found by those of its place.
        if (postcode === '')
          for (const one of placeCodes.all(contexts.placeKey(number)))
            keys.add(streetKey(one), POSTING_CONTEXT, number, number);
        if (code.includes(' ')) keys.add(code.replaceAll(' ', ''), POSTING_CONTEXT, number, number);
      }
      file.section('pieces').numbers([counts.vertices, 0, 0]);
      houseCells.write(file, 'house');
      houseCells.remove();
      spotCells.write(file, 'spot');
      spotCells.remove();
      roadCells.write(file, 'road');
      roadCells.remove();
      keys.write(file);
      keys.remove();
      const { houses, streets, spots } = counts;
      return { rows: houses + streets + spots, houses, streets, spots };
    },
    remove() {
      for (const store of [keys, houseCells, spotCells, roadCells]) store.remove();
    },
  };
};
