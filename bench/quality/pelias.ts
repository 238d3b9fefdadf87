/** Test cases of pelias/acceptance-tests and pelias/fuzzy-tests, as ours. */
import type { TypeName } from '../../src/services/geocoding/entity.ts';
import type { Bounds } from '../../src/services/geocoding/request.ts';
import { numberOf, pointOf, type Case, type Narrowing } from './cases.ts';

/** Pelias' fuzzy tests give each case its own; its acceptance tests none. */
const DEFAULT_TOLERANCE = 50_000;

type Cell = number | string;

interface PeliasCase {
  readonly in?: Readonly<Record<string, unknown>>;
  readonly endpoint?: string;
  readonly expected?: {
    readonly properties?: readonly Readonly<Record<string, unknown>>[];
    /** Longitude first; some files have one pair, some a list of them, some write numbers as texts. */
    readonly coordinates?: readonly Cell[] | readonly (readonly Cell[])[];
    readonly priorityThresh?: number;
    readonly distanceThresh?: number;
  };
}
interface PeliasFile {
  readonly tests?: readonly PeliasCase[];
  readonly endpoint?: string;
  readonly priorityThresh?: number;
  readonly distanceThresh?: number;
}

/** Pelias' properties under our names of components. */
const NAMES: Readonly<Record<string, string>> = {
  name: 'name',
  locality: 'city',
  region: 'state',
  region_a: 'state_code',
  county: 'county',
  country: 'country',
  country_a: 'country_code_3',
};

/** Pelias' layers as our kinds; every other layer leaves the kind open. */
const LAYERS: Readonly<Record<string, readonly TypeName[]>> = {
  locality: ['city', 'town', 'village'],
  neighbourhood: ['suburb'],
  county: ['county'],
  region: ['state'],
  country: ['country'],
};

const narrowingOf = (asked: Readonly<Record<string, unknown>>): Narrowing => {
  const at = (name: string): number | undefined => numberOf(asked[name]);
  const proximity = pointOf(at('focus.point.lat'), at('focus.point.lon'));
  const edges = ['min_lon', 'min_lat', 'max_lon', 'max_lat'].map((edge) => at(`boundary.rect.${edge}`));
  const [west, south, east, north] = edges;
  const bounds = edges.includes(undefined) ? undefined : ({ west, south, east, north } as Bounds);
  const country = asked['boundary.country'];
  const types = typeof asked['layers'] === 'string' ? LAYERS[asked['layers']] : undefined;
  return {
    ...(proximity === undefined ? {} : { proximity }),
    ...(bounds === undefined ? {} : { bounds }),
    ...(typeof country === 'string' ? { countries: country.split(',') } : {}),
    ...(types === undefined ? {} : { types }),
  };
};

/** JSON with `tests`; structured cases, and those of which only what must not come is said, are left out. */
export const readPelias = (text: string): Case[] => {
  const file = JSON.parse(text) as PeliasFile;
  return (file.tests ?? []).flatMap((test): Case[] => {
    const asked = test.in ?? {};
    const at = pointOf(numberOf(asked['point.lat']), numberOf(asked['point.lon']));
    const query = typeof asked['text'] === 'string' ? asked['text'] : at;
    if (query === undefined || test.expected === undefined) return [];
    const { expected } = test;
    const [lng, lat] = expected.coordinates?.flat() ?? [];
    const wanted: Record<string, string> = {};
    for (const [name, value] of Object.entries(expected.properties?.[0] ?? {})) {
      const ours = NAMES[name];
      if (ours !== undefined && typeof value === 'string') wanted[ours] = value;
    }
    const point = pointOf(numberOf(lat), numberOf(lng));
    if (point === undefined && Object.keys(wanted).length === 0) return [];
    return [
      {
        query,
        point,
        tolerance: expected.distanceThresh ?? file.distanceThresh ?? DEFAULT_TOLERANCE,
        wanted,
        among: expected.priorityThresh ?? file.priorityThresh ?? 1,
        isPrefix: (test.endpoint ?? file.endpoint) === 'autocomplete',
        narrowing: narrowingOf(asked),
      },
    ];
  });
};
