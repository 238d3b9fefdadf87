/** Shortens streets and the like (`abbrv=1`). */
import type { Abbreviation } from './address-data.ts';

interface Shortening {
  readonly component: string;
  readonly pattern: RegExp;
  readonly short: string;
}

/** Made when a country is first asked for: most never are. */
export const createAbbreviations = (
  languages: Readonly<Record<string, readonly string[]>>,
  abbreviations: Readonly<Record<string, readonly Abbreviation[]>>,
): ((components: Record<string, string | undefined>, country: string) => void) => {
  const known = new Map<string, readonly Shortening[]>();
  const shorteningsOf = (country: string): readonly Shortening[] => {
    let found = known.get(country);
    if (found === undefined) {
      found = (languages[country] ?? [])
        .flatMap((language) => abbreviations[language] ?? [])
        .flatMap(({ component, words }) =>
          words.map(([long, short]) => ({
            component,
            // `\b` knows no letters but those of ASCII.
            pattern: new RegExp(`(^|\\s)${long}(?![\\p{L}\\p{N}_])`, 'u'),
            short: `$1${short}`,
          })),
        );
      known.set(country, found);
    }
    return found;
  };
  return (components, country) => {
    for (const { component, pattern, short } of shorteningsOf(country)) {
      const value = components[component];
      if (value !== undefined) components[component] = value.replace(pattern, short);
    }
  };
};
