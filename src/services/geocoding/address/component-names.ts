/** What components are called elsewhere. */
interface Names {
  /**
   * Gives each component its usual name where nothing has it yet.
   * @returns the values that have no name of ours.
   */
  apply(components: Record<string, string | undefined>, country: string | undefined): string[];
}

/** Where a district is a part of a town; elsewhere it is a part of a state. */
const SMALL_DISTRICTS: ReadonlySet<string | undefined> = new Set([
  'BR',
  'CR',
  'ES',
  'NI',
  'PY',
  'RO',
  'TG',
  'TM',
  'XK',
]);

/** @param aliases in the order of preference. */
export const createNames = (aliases: readonly (readonly [string, string])[]): Names => {
  const usual = new Map(aliases);
  return {
    apply: (components, country) => {
      const unknown: string[] = [];
      for (const given of Object.keys(components)) {
        const value = components[given];
        if (value === undefined || value === '') continue;
        const name =
          given === 'district' && !SMALL_DISTRICTS.has(country) ? 'state_district' : usual.get(given);
        if (name === undefined) unknown.push(value);
        else if (components[name] === undefined || components[name] === '') components[name] = value;
      }
      return unknown;
    },
  };
};
