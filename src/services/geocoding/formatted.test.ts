import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openTestGazetteer } from '../../../test/support/gazetteer.ts';
import type { AddressFormatter } from './address/formatter.ts';
import { COUNTY, NONE, POSTCODE, SUBURB, TYPE_NAMES } from './entity.ts';
import {
  CITY_AROUND,
  COUNTY_AROUND,
  createAddressParts,
  createFormattedWriter,
  openAddressFormatter,
  PLACE,
  POSTCODE_OF,
  STATE_AROUND,
  type AddressParts,
} from './formatted.ts';
import type { Gazetteer } from './gazetteer.ts';
import { createJsonWriter } from './json-writer.ts';
import { createLanguages, type CountryTexts } from './languages.ts';
import { createShownNames, type ShownNames } from './shown-names.ts';

let gazetteer: Gazetteer;
let names: ShownNames;
before(async () => {
  gazetteer = await openTestGazetteer();
  names = createShownNames(gazetteer);
});

const fill = (parts: AddressParts, id: number, texts: CountryTexts): void => {
  const { records } = gazetteer;
  const type = records.type(id);
  parts.nation = records.country(id);
  const place = type === POSTCODE ? records.parent(id) : id;
  const isPart = place !== NONE && records.type(place) === SUBURB;
  parts.entity[PLACE] = type > COUNTY ? place : NONE;
  parts.entity[CITY_AROUND] = isPart ? records.parent(place) : NONE;
  parts.entity[POSTCODE_OF] = type === POSTCODE ? id : NONE;
  parts.entity[COUNTY_AROUND] = records.county(id);
  parts.entity[STATE_AROUND] = records.state(id);
  parts.entity.forEach((entity, slot) => {
    if (entity === NONE) return;
    parts.name[slot] = names.find(texts, parts.nation, entity);
    names.point(parts, slot);
  });
};

const countryIn = ({ bytes, nameStart, nameLength }: CountryTexts, nation: number): string =>
  bytes.toString('utf8', nameStart[nation], nameStart[nation]! + nameLength[nation]!);

/** The address by its template, from names as text. */
const byTemplate = (
  formatter: AddressFormatter,
  { entity, name, nation }: AddressParts,
  texts: CountryTexts,
  abbreviate: boolean,
): string => {
  const textOf = (slot: number): string | undefined =>
    entity[slot] === NONE ? undefined : names.text(entity[slot]!, name[slot]!);
  const kindOf = (slot: number): string =>
    entity[slot] === NONE ? 'none' : TYPE_NAMES[gazetteer.records.type(entity[slot]!)]!;
  const town = entity[CITY_AROUND] === NONE ? PLACE : CITY_AROUND;
  const state = textOf(STATE_AROUND);
  const postcode = textOf(POSTCODE_OF);
  const code = gazetteer.stateCodes.find((one) => one.entity === entity[STATE_AROUND])?.code;
  const components = {
    [kindOf(PLACE)]: textOf(PLACE),
    [kindOf(CITY_AROUND)]: textOf(CITY_AROUND),
    county: textOf(COUNTY_AROUND),
    state: postcode === undefined && state === textOf(town) ? undefined : state,
    ...(postcode === undefined ? {} : { postcode, state_code: code }),
    country: countryIn(texts, nation),
    country_code: gazetteer.countries[nation]!.alpha2.toLowerCase(),
    none: undefined,
  };
  return formatter.lines(components, { abbreviate }).join(', ');
};

const addressed = function* (): Generator<number> {
  for (let id = 0; id < gazetteer.size; id++) {
    const kind = TYPE_NAMES[gazetteer.records.type(id)];
    if (kind !== 'country') yield id;
  }
};

describe('an address that is copied together', () => {
  for (const [tag, abbreviate] of [
    ['en', false],
    ['en', true],
    ['de', false],
    ['ru', true],
    ['native', false],
  ] as const)
    it(`is the template's, for every place and area: ${tag}${abbreviate ? ', abbreviated' : ''}`, () => {
      const formatter = openAddressFormatter();
      const formatted = createFormattedWriter(gazetteer, names);
      const texts = createLanguages(gazetteer.countries, gazetteer.localNames).choose(tag, undefined);
      const writer = createJsonWriter();
      const parts = createAddressParts();
      const wrong: string[] = [];
      for (const id of addressed()) {
        fill(parts, id, texts);
        writer.begin();
        writer.byte(0x22);
        writer.room(4_000);
        formatted.write(writer, parts, texts, abbreviate);
        writer.byte(0x22);
        const shown = JSON.parse(writer.end().toString()) as string;
        const expected = byTemplate(formatter, parts, texts, abbreviate);
        if (shown !== expected && wrong.push(`${shown} | ${expected}`) >= 10) break;
      }
      assert.deepEqual(wrong, []);
    });

  it('needs the template for one place in thirty at most, once shapes are known', () => {
    let runs = 0;
    const real = openAddressFormatter();
    const counting: AddressFormatter = {
      ...real,
      lines: (...given) => {
        runs += 1;
        return real.lines(...given);
      },
    };
    const formatted = createFormattedWriter(gazetteer, names, counting);
    const texts = createLanguages(gazetteer.countries, gazetteer.localNames).choose('de', undefined);
    const writer = createJsonWriter();
    const parts = createAddressParts();
    const writeAll = (): number => {
      let count = 0;
      for (const id of addressed()) {
        fill(parts, id, texts);
        writer.begin();
        writer.room(4_000);
        formatted.write(writer, parts, texts, false);
        count += 1;
      }
      return count;
    };
    writeAll();
    runs = 0;
    const count = writeAll();
    assert.ok(runs < count / 30, `${runs} of ${count}`);
  });
});
