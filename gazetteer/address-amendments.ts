/**
 * What the package's templates lack or get wrong against the published cases of OpenCage's address-formatting (July
 * 2026), in which each of these is shown but that of DE.
 */
import type { TerritoryForm } from '../src/services/geocoding/address/address-data.ts';

type Territories = Readonly<Record<string, TerritoryForm>>;

/** What a component is called besides. */
export const FURTHER_ALIASES: readonly (readonly [string, string])[] = [['area', 'suburb']];

const amend = (
  form: TerritoryForm | undefined,
  from: string,
  to: string,
  further: TerritoryForm = {},
): TerritoryForm => {
  const template = form?.address_template;
  if (template?.includes(from) !== true) throw new Error(`the template to amend has no ${from}`);
  return { ...form, address_template: template.replace(from, to), ...further };
};

export const AMENDED_TERRITORIES = (territories: Territories): Territories => ({
  AT: {
    ...territories['AT'],
    replace: [...(territories['AT']?.replace ?? []), ['^Politischer Bezirk ', '']],
  },
  // A comma before the number, as the country's post writes it.
  BR: amend(territories['BR'], '{{{road}}} {{{house_number}}}', '{{{road}}}, {{{house_number}}}'),
  // The city states, as GeoNames names them.
  DE: {
    ...territories['DE'],
    replace: [
      ...(territories['DE']?.replace ?? []),
      ['state=^State of ', ''],
      ['state=^Freie (?:und )?Hansestadt ', ''],
    ],
  },
  HK: amend(
    territories['HK'],
    '{{{state_district}}}\n{{#first}} {{{state}}} || {{{country}}} {{/first}}\n',
    '{{#first}} {{{state_district}}} || {{{region}}} {{/first}}\n{{{state}}}\n{{{country}}}\n',
  ),
  // The full stop belongs to the house number.
  HU: { ...territories['HU'], postformat_replace: [['\n\\.(?=\n|$)', '']] },
  KW: amend(
    territories['KW'],
    '{{#first}} {{{suburb}}} || {{{city_district}}} || {{{neighbourhood}}} {{/first}}\n',
    '{{#first}} {{{suburb}}} || {{{city_district}}} || {{{neighbourhood}}} {{/first}} {{{city_block}}}\n',
  ),
  // City and country are one.
  MC: amend(territories['MC'], '{{{country}}}\n', '', {
    fallback_template:
      '{{{attention}}}\n{{{house}}}\n{{{road}}} {{{house_number}}}\n{{{place}}}\n{{#first}} {{{neighbourhood}}} || {{{suburb}}} {{/first}}\n{{{country}}}\n',
  }),
});
