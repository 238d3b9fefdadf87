import type { Tags } from './osm-strings.ts';

/**
 * Which of OpenStreetMap's tags make a thing one that people look for, and its place in the contract's closed list of
 * categories (OpenCage's `category_values.md`). The values follow wiki.openstreetmap.org/wiki/Map_features.
 */

type Category =
  | 'agriculture'
  | 'building'
  | 'commerce'
  | 'construction'
  | 'education'
  | 'financial'
  | 'government'
  | 'health'
  | 'industrial'
  | 'military'
  | 'natural/water'
  | 'outdoors/recreation'
  | 'place_of_worship'
  | 'social'
  | 'transportation'
  | 'travel/tourism'
  | 'unknown';

/** What a thing is: a category of the closed list, and the key of its name among an answer's components. */
export interface Kind {
  readonly category: Category;
  readonly type: string;
}

const listed = (lists: Readonly<Partial<Record<Category, string>>>): ReadonlyMap<string, Category> =>
  new Map(
    Object.entries(lists).flatMap(([category, values]) =>
      values.split(' ').map((value) => [value, category as Category] as const),
    ),
  );

const AMENITIES = listed({
  education:
    'school university college kindergarten preschool library language_school music_school driving_school childcare research_institute training prep_school dancing_school',
  health: 'hospital clinic doctors dentist pharmacy veterinary nursing_home health_post',
  financial: 'bank atm bureau_de_change money_transfer payment_centre',
  government:
    'townhall courthouse police fire_station embassy prison public_building customs ranger_station post_office rescue_station',
  place_of_worship: 'place_of_worship monastery',
  transportation:
    'parking parking_entrance fuel bus_station taxi ferry_terminal bicycle_rental bicycle_parking car_rental car_sharing charging_station boat_rental car_wash vehicle_inspection motorcycle_parking',
  social:
    'community_centre social_centre social_facility conference_centre events_venue exhibition_centre grave_yard crematorium funeral_hall refugee_site',
  commerce:
    'restaurant cafe fast_food bar pub biergarten food_court ice_cream marketplace nightclub casino gambling stripclub brothel studio internet_cafe post_depot',
  'outdoors/recreation':
    'theatre cinema arts_centre planetarium fountain public_bath swimming_pool bbq shelter dive_centre gym dojo',
  industrial: 'recycling waste_transfer_station sanitary_dump_station',
});

/** Things that stand about in numbers and that nobody looks for by name. */
const FURNITURE: ReadonlySet<string> = new Set(
  'bench waste_basket vending_machine post_box telephone drinking_water toilets clock parking_space loading_dock hunting_stand grit_bin bicycle_repair_station'.split(
    ' ',
  ),
);

const LANDUSES = listed({
  agriculture: 'farmland farmyard orchard vineyard greenhouse_horticulture plant_nursery aquaculture',
  industrial: 'industrial quarry landfill port depot',
  commerce: 'commercial retail',
  construction: 'construction brownfield greenfield',
  military: 'military',
  'natural/water': 'forest reservoir basin salt_pond',
  'outdoors/recreation': 'recreation_ground village_green allotments winter_sports',
  social: 'cemetery',
});

const RAILWAYS: ReadonlySet<string> = new Set(['station', 'halt', 'tram_stop', 'subway_entrance']);
const TRANSPORTS: ReadonlySet<string> = new Set(['station', 'stop_area', 'platform']);
const HIGHWAYS: ReadonlySet<string> = new Set(['bus_stop', 'services', 'rest_area', 'motorway_junction']);
const BOUNDARIES: ReadonlySet<string> = new Set(['national_park', 'protected_area', 'aboriginal_lands']);

type Rule = (value: string) => Category | undefined;

const always =
  (category: Category): Rule =>
  () =>
    category;

const among =
  (values: ReadonlySet<string>, category: Category): Rule =>
  (value) =>
    values.has(value) ? category : undefined;

/** The first key that a thing has decides. */
const RULES: readonly (readonly [key: string, rule: Rule])[] = [
  ['amenity', (value) => (FURNITURE.has(value) ? undefined : (AMENITIES.get(value) ?? 'unknown'))],
  ['healthcare', always('health')],
  ['shop', (value) => (value === 'vacant' ? undefined : 'commerce')],
  ['tourism', always('travel/tourism')],
  ['leisure', always('outdoors/recreation')],
  ['office', (value) => (value === 'government' || value === 'diplomatic' ? 'government' : 'commerce')],
  ['craft', always('commerce')],
  ['club', always('social')],
  ['historic', always('travel/tourism')],
  ['military', always('military')],
  ['aeroway', always('transportation')],
  ['railway', among(RAILWAYS, 'transportation')],
  ['aerialway', always('transportation')],
  ['highway', among(HIGHWAYS, 'transportation')],
  ['public_transport', among(TRANSPORTS, 'transportation')],
  [
    'emergency',
    (value) => (value === 'ambulance_station' || value === 'mountain_rescue' ? 'health' : undefined),
  ],
  ['natural', (value) => (value === 'tree' ? undefined : 'natural/water')],
  ['water', always('natural/water')],
  ['waterway', (value) => (value === 'waterfall' || value === 'dam' ? 'natural/water' : undefined)],
  ['mountain_pass', always('natural/water')],
  ['power', (value) => (value === 'plant' || value === 'substation' ? 'industrial' : undefined)],
  ['man_made', (value) => (value === 'survey_point' ? undefined : 'industrial')],
  ['landuse', (value) => LANDUSES.get(value)],
  ['boundary', among(BOUNDARIES, 'outdoors/recreation')],
  ['building', always('building')],
];

/** Values such as `yes` say no more than their key. */
const BARE = /^(?:yes|true|1|unclassified)$/u;
const TYPE = /^[a-z0-9_]{2,40}$/u;

/** The names of the components that answers have for other things, which a point of interest must not take. */
const TAKEN: ReadonlySet<string> = new Set(
  'road house_number postcode city town village hamlet suburb neighbourhood county state country country_code continent state_code'.split(
    ' ',
  ),
);

/** What a thing is by its tags; undefined for what is none that people look for, such as a bench. */
export const kindOf = (tags: Tags): Kind | undefined => {
  for (const [key, rule] of RULES) {
    const value = tags.get(key);
    if (value === undefined || value === 'no') continue;
    // Of `restaurant;bar` the first counts.
    const first = value.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const category = rule(first);
    if (category === undefined) continue;
    const type = BARE.test(first) || !TYPE.test(first) || TAKEN.has(first) ? key : first;
    // A house that is one for living in has the type that all buildings have.
    return { category, type: key === 'building' ? 'building' : type };
  }
  return undefined;
};
