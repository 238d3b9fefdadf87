/** Formats addresses as their countries write them, by OpenCage's address-formatting templates. */
import type { AddressData, TerritoryForm } from './address-data.ts';
import { createAbbreviations } from './abbreviations.ts';
import { createCodes } from './codes.ts';
import { createNames } from './component-names.ts';
import { isPlainCode, isPlainText, wordsOf } from './plain-text.ts';
import { compileReplacements, compileSubstitutions, type Substitute } from './replacements.ts';
import { compileTemplate, type Components, type Template } from './template.ts';
import { tidyLines } from './tidy.ts';

export interface AddressOptions {
  /** Shortens streets and the like, by the languages of the country. */
  readonly abbreviate?: boolean;
  /** Leaves out what stands at the address: names of houses, shops and sights. */
  readonly addressOnly?: boolean;
}

export interface PlainOptions extends AddressOptions {
  /** The address has a road or a postcode and no code of this state or county: one that its name has might be written. */
  readonly isCoded?: boolean;
}

export interface AddressFormatter {
  /** The lines of an address, in the order of its country; none where there is nothing to write. */
  lines(components: Components, options?: AddressOptions): string[];
  /**
   * What is written wherever the value of a component is written; undefined where the value might change how
   * something else is written, so that only `lines` can tell. Values that are the same text are still written once.
   * @param country ISO 3166-1 alpha-2, in any case.
   */
  plain(country: string, component: string, value: string, options?: PlainOptions): string | undefined;
}

interface Territory {
  readonly full: Template;
  readonly fallback: Template;
  readonly replace: ReturnType<typeof compileReplacements>;
  readonly finish: Substitute | undefined;
  /** Words that `finish` looks for, and whether it looks for digits. */
  readonly words: readonly string[];
  readonly hasDigits: boolean;
}

/** Fields that lead an address and are none of its lines: what stands there. */
const NAMED_PLACES = ['attention', 'house'] as const;

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** Postcodes of map data that are lists or worse are left out; of two, the first counts. */
const tidyPostcode = (postcode: string): string | undefined => {
  if (postcode.length > 20 || /\d+;\d+/.test(postcode)) return undefined;
  return /^(\d{5}),\d{5}/.exec(postcode)?.[1] ?? postcode;
};

type Editable = Record<string, string | undefined>;

/** Parts of the Kingdom of the Netherlands that have codes of their own. */
const KINGDOM: readonly (readonly [RegExp, string, string])[] = [
  [/^curaçao/i, 'CW', 'Curaçao'],
  [/sint maarten/i, 'SX', 'Sint Maarten'],
  [/aruba/i, 'AW', 'Aruba'],
];

/** The state that is a city. */
const CAPITAL_DISTRICT = /^washington,? d\.?c\.?/i;

/** Compiles the data once; a formatter keeps no state between calls. */
export const createAddressFormatter = (data: AddressData): AddressFormatter => {
  const names = createNames(data.aliases);
  const states = createCodes(data.states);
  const counties = createCodes(data.counties);
  const abbreviate = createAbbreviations(data.languages, data.abbreviations);
  const forms = data.territories;
  const usual = forms['default'];
  if (usual?.address_template === undefined || usual.fallback_template === undefined)
    throw new Error('the address data has no default templates');

  const templates = new Map<string, Template>();
  const templateOf = (text: string): Template => {
    const known = templates.get(text);
    if (known !== undefined) return known;
    const made = compileTemplate(text);
    templates.set(text, made);
    return made;
  };
  const territoryOf = (form: TerritoryForm): Territory => ({
    full: templateOf(form.address_template ?? usual.address_template ?? ''),
    fallback: templateOf(form.fallback_template ?? usual.fallback_template ?? ''),
    replace: compileReplacements(form.replace ?? []),
    finish: compileSubstitutions(form.postformat_replace ?? []),
    words: wordsOf(form.postformat_replace ?? []),
    hasDigits: (form.postformat_replace ?? []).some(([pattern]) => /\\d|\d/.test(pattern)),
  });
  const territories = new Map(Object.entries(forms).map(([code, form]) => [code, territoryOf(form)]));
  const elsewhere = territoryOf(usual);

  /** The code whose form is used; changes what a dependent territory is said to belong to. */
  const settle = (components: Editable): string | undefined => {
    let code = components['country_code']?.toUpperCase();
    if (code === undefined || code.length !== 2) return undefined;
    if (code === 'UK') code = 'GB';
    const form = forms[code];
    if (form?.use_country !== undefined) {
      code = form.use_country.toUpperCase();
      if (form.change_country !== undefined)
        components['country'] = form.change_country.replace(
          /\$(\w+)/,
          (_, name: string) => components[name] ?? '',
        );
      const [added, value] = form.add_component?.split('=') ?? [];
      if (added === 'state') components['state'] = value;
    }
    const { state } = components;
    const part =
      code === 'NL' && state !== undefined ? KINGDOM.find(([name]) => name.test(state)) : undefined;
    if (part !== undefined) [code, components['country']] = [part[1], part[2]];
    return code;
  };

  const addCodes = (components: Editable, code: string): void => {
    const { state, county } = components;
    if (state !== undefined && components['state_code'] === undefined) {
      components['state_code'] = states(code, state);
      if (CAPITAL_DISTRICT.test(state))
        Object.assign(components, { state_code: 'DC', state: 'District of Columbia', city: 'Washington' });
    }
    if (county !== undefined) components['county_code'] ??= counties(code, county);
  };

  const prepare = (given: Components, options: AddressOptions): [Editable, Territory] => {
    const components: Editable = { ...given };
    const code = settle(components);
    if (components['country'] !== undefined && /^\d+$/.test(components['country'])) {
      // Map data that has a number for a country has its name one further down.
      components['country'] = components['state'];
      components['state'] = undefined;
    }
    const unknown = names.apply(components, code);
    const territory = (code === undefined ? undefined : territories.get(code)) ?? elsewhere;
    territory.replace(components);
    if (code !== undefined) addCodes(components, code);
    if (unknown.length > 0) components['attention'] = unknown.join(', ');
    const { postcode } = components;
    if (postcode !== undefined) components['postcode'] = tidyPostcode(postcode);
    for (const name in components) if (isUrl(components[name] ?? '')) components[name] = undefined;
    if (options.abbreviate === true && code !== undefined) abbreviate(components, code);
    if (options.addressOnly === true) for (const name of NAMED_PLACES) components[name] = undefined;
    return [components, territory];
  };

  return {
    plain: (country, component, value, options = {}) => {
      const given = country.toUpperCase();
      const code = forms[given]?.use_country?.toUpperCase() ?? given;
      const territory = territories.get(code) ?? elsewhere;
      const isElsewhere = KINGDOM.some(([name]) => name.test(value)) || CAPITAL_DISTRICT.test(value);
      const components: Editable = { [component]: value };
      if (isElsewhere || isUrl(value) || names.apply(components, code).length > 0) return undefined;
      territory.replace(components);
      if (options.abbreviate === true) abbreviate(components, code);
      const written = components[component] ?? '';
      const isOne = Object.values(components).every((other) => other === written);
      if (!isOne) return undefined;
      if (component === 'postcode') {
        const isPlain = !territory.hasDigits && isPlainCode(written, territory.words);
        return isPlain && tidyPostcode(written) === written ? written : undefined;
      }
      const codes = component === 'state' ? states : counties;
      const isArea = component === 'state' || component === 'county';
      if (options.isCoded === true && isArea && codes(code, written) !== undefined) return undefined;
      return isPlainText(written, territory.words) ? written : undefined;
    },

    lines: (given, options = {}) => {
      const [components, { full, fallback, finish }] = prepare(given, options);
      const isWhole = components['road'] !== undefined || components['postcode'] !== undefined;
      const lines = tidyLines((isWhole ? full : fallback)(components));
      const finished = finish === undefined ? lines : tidyLines(finish(lines.join('\n')).split('\n'));
      if (finished.length > 0) return finished;
      const all = Object.values(components).filter((value) => value !== undefined && value !== '');
      return tidyLines([all.join(', ')]);
    },
  };
};
