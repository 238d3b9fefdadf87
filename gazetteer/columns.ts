import { COUNTY, DEGREE, NONE, POSTCODE, STATE } from '../src/services/geocoding/entity.ts';
import type { Sections } from '../src/services/geocoding/index-format.ts';
import { RECORD_FIELDS, RECORD_LENGTH, type RecordField } from '../src/services/geocoding/records.ts';
import type { AreaDraft, EntityDraft } from './entities.ts';
import { boxAround, boxConfidence, placeRadiusKm, POSTCODE_RADIUS_KM } from './estimates.ts';
import { checkLimit, MOST_FEATURES, MOST_NAME_BYTES, MOST_TIMEZONES } from './limits.ts';
import type { EntityOrder } from './numbering.ts';
import { createNumbering, inUnits, NO_ROW } from './place-table.ts';

type Columns = Pick<Sections, 'records' | 'score' | 'feature' | 'names' | 'timezones' | 'features'>;

/** The largest number that a record can hold. */
const MOST = 0x7fff_ffff;

type RecordDraft = { -readonly [Field in RecordField]: number };

/** Turns entities into records, in the order of their ids. */
export const layOutColumns = ({ areas, places }: EntityDraft, order: EntityOrder): Columns => {
  const { names } = places;
  const features = createNumbering();
  const timezones = createNumbering();
  const areaNames = order.areas.map(({ name }) => names.place(name));
  const nameOf = (source: number): number =>
    source < 0 ? (areaNames[~source] as number) : places.name.at(source);
  const laidOut = names.layOut(order.sources.map(nameOf));
  checkLimit('bytes of different names', laidOut.bytes.length, MOST_NAME_BYTES);

  const score = new Float32Array(order.size);
  const feature = new Uint8Array(order.size);
  const records = new Int32Array(order.size * RECORD_LENGTH);
  const record = Object.fromEntries(RECORD_FIELDS.map((field) => [field, 0])) as RecordDraft;
  const areaId = (number: number): number => (number === NO_ROW ? NONE : (areas[number] as AreaDraft).id);

  const fillArea = (area: AreaDraft): void => {
    record.lat = inUnits(area.lat);
    record.lng = inUnits(area.lng);
    [record.south, record.west, record.north, record.east] = area.box;
    record.state = area.type === STATE ? area.id : (area.state?.id ?? NONE);
    record.county = area.type === COUNTY ? area.id : NONE;
    record.parent = NONE;
    record.population = Math.min(area.population, MOST);
    record.type = area.type;
    record.country = area.country;
    record.confidence = boxConfidence(area.box);
    record.timezone = timezones.numberOf('');
  };

  const fillPlace = (row: number): void => {
    const type = places.type.at(row);
    const population = places.population.at(row);
    const lat = places.lat.at(row) / DEGREE;
    const lng = places.lng.at(row) / DEGREE;
    const box = boxAround(
      lat,
      lng,
      lat,
      lng,
      type === POSTCODE ? POSTCODE_RADIUS_KM : placeRadiusKm(population),
    );
    const parent = places.parent.at(row);
    record.lat = places.lat.at(row);
    record.lng = places.lng.at(row);
    [record.south, record.west, record.north, record.east] = box;
    record.state = areaId(places.state.at(row));
    record.county = areaId(places.county.at(row));
    record.parent = parent === NO_ROW ? NONE : (order.ids[parent] as number);
    record.population = population;
    record.type = type;
    record.country = places.country.at(row);
    record.confidence = boxConfidence(box);
    record.timezone = timezones.numberOf(places.timezones.texts[places.timezone.at(row)] ?? '');
  };

  for (let id = 0; id < order.size; id++) {
    const source = order.sources[id] as number;
    const area = source < 0 ? (order.areas[~source] as AreaDraft) : undefined;
    if (area === undefined) fillPlace(source);
    else fillArea(area);
    const name = nameOf(source);
    record.nameStart = laidOut.start[name] as number;
    record.nameLength = laidOut.length[name] as number;
    for (let field = 0; field < RECORD_LENGTH; field++)
      records[id * RECORD_LENGTH + field] = record[RECORD_FIELDS[field] as RecordField];
    score[id] = area === undefined ? places.score.at(source) : area.score;
    feature[id] = features.numberOf(
      area === undefined ? (places.features.texts[places.feature.at(source)] ?? '') : '',
    );
  }
  checkLimit('time zones', timezones.texts.length, MOST_TIMEZONES);
  checkLimit('kinds of features', features.texts.length, MOST_FEATURES);
  return {
    records,
    score,
    feature,
    names: laidOut.bytes,
    timezones: timezones.texts,
    features: features.texts,
  };
};
