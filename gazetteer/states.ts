/** ISO 3166-2 codes of states, where GeoNames' own code is that code or a published list maps it. */

/** Countries whose first-order codes in GeoNames are the ISO 3166-2 codes (readme.txt of the GeoNames dump: "ISO codes"). */
const SAME_CODE: ReadonlySet<string> = new Set(['US', 'CH', 'BE', 'ME', 'GB']);

/** GeoNames' first-order codes (FIPS 10-4) in the order 01, 02, …; empty where a number is not in use. */
const BY_NUMBER: Readonly<Record<string, string>> = {
  AU: 'ACT NSW NT QLD SA TAS VIC WA',
  CA: 'AB BC MB NB NL - NS ON PE QC SK YT NT NU',
  DE: 'BW BY HB HH HE NI NW RP SL SH BB MV SN ST TH BE',
  AT: '1 2 3 4 5 6 7 8 9',
};

/** The part of the ISO 3166-2 code after the hyphen, or undefined where it is not certain. */
export const stateCode = (country: string, admin1: string): string | undefined => {
  if (SAME_CODE.has(country)) return admin1;
  const number = /^\d\d?$/u.test(admin1) ? Number(admin1) : 0;
  const code = BY_NUMBER[country]?.split(' ')[number - 1];
  return code === '-' ? undefined : code;
};
