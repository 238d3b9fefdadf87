/** Under which names a place or an area can be found. */
import { foldKey } from '../src/services/geocoding/fold.ts';
import type { AreaDraft } from './entities.ts';
import { bareAreaName, furtherAreaNames } from './area-names.ts';
import { doubledVowels } from './key-table.ts';
import { locatedSpellings } from './spellings.ts';
import type { PlaceRow } from './sources.ts';

/** Takes a name; `alternate` for any but the main ones. */
export type NameTaker = (name: string, alternate: boolean) => void;

/** GeoNames lists IATA codes among further names; `par` must not find Paris. */
const AIRPORT_CODE = /^[A-Z]{3}$/u;
const NICKNAMES: ReadonlySet<string> = new Set(['NYC']);

/** Before a place's own name. */
const KIND_OF_PLACE = /^(?:City|Town|Village|Township|Borough|Municipality) of \S/u;

/** The names of a state or county. */
export const addAreaNames = (area: AreaDraft, take: NameTaker): void => {
  take(area.name, false);
  const bare = bareAreaName(area.name);
  if (bare !== undefined) take(bare, true);
  for (const name of furtherAreaNames(area.code, area.name)) take(name, true);
};

/** Cheap first: most names are not even as long as the state's. */
const isNameOfState = (name: string, state: AreaDraft | undefined): boolean =>
  state !== undefined && name.length === state.name.length && foldKey(name) === foldKey(state.name);

/** So much of two names alike, and they are one name in two languages. */
const beginAlike = (one: string, other: string): boolean =>
  foldKey(one).slice(0, 3) === foldKey(other).slice(0, 3);

/** One further name of a place, in whatever language. */
export const addFurtherName = (
  name: string,
  place: Pick<PlaceRow, 'name' | 'country'>,
  state: AreaDraft | undefined,
  take: NameTaker,
): void => {
  if (AIRPORT_CODE.test(name) && !NICKNAMES.has(name)) return;
  // What only says its kind is found without it, and `City of Austin` is not first of all the one that lists it so.
  if (name.length > place.name.length && name.endsWith(place.name) && KIND_OF_PLACE.test(name)) return;
  // The English names of states are theirs; `Île-de-France` is no name of Paris, but `Geneva` is one of Genève.
  const isOfState = isNameOfState(name, state);
  if (isOfState && !beginAlike(name, place.name) && place.name !== `${name} City`) return;
  const isMain = isOfState || place.name === `${name} City`;
  take(name, !isMain);
  const spelled = doubledVowels(name);
  if (spelled !== undefined) take(spelled, true);
  for (const spelling of locatedSpellings(name, place.country)) take(spelling, true);
};

/** The names of a place, from its row. @param state the state that it lies in. */
export const addPlaceNames = (row: PlaceRow, state: AreaDraft | undefined, take: NameTaker): void => {
  take(row.name, false);
  if (row.asciiName !== row.name) take(row.asciiName, false);
  const doubled = doubledVowels(row.name);
  if (doubled !== undefined) take(doubled, false);
  for (const spelling of locatedSpellings(row.name, row.country)) take(spelling, true);
  if (row.alternates === '') return;
  for (const name of row.alternates.split(',')) addFurtherName(name, row, state, take);
};
