/** Codes of states and counties by their names. */
import type { NamedCode } from './address-data.ts';

/** The code of a name in a country, whatever its case; undefined where there is none. */
export const createCodes = (
  named: Readonly<Record<string, readonly NamedCode[]>>,
): ((country: string, name: string) => string | undefined) => {
  const byCountry = new Map(
    Object.entries(named).map(([country, list]) => {
      const whole = new Map<string, string>();
      // What has several names is called by more than these: `Città metropolitana di Firenze`.
      const within: (readonly [string, string])[] = [];
      for (const { code, names } of list) {
        for (const name of names.map((one) => one.toUpperCase())) {
          if (!whole.has(name)) whole.set(name, code);
          if (names.length > 1) within.push([name, code]);
        }
      }
      return [country, { whole, within }];
    }),
  );
  return (country, name) => {
    const codes = byCountry.get(country);
    if (codes === undefined) return undefined;
    const wanted = name.toUpperCase();
    return codes.whole.get(wanted) ?? codes.within.find(([part]) => wanted.includes(part))?.[1];
  };
};
