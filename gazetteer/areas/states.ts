/** Countries in whose addresses people write the code of a state after the town (`Paris TX`), so that it is searched for. */
export const WRITTEN_CODES: ReadonlySet<string> = new Set([
  'AT',
  'AU',
  'BE',
  'CA',
  'CH',
  'DE',
  'GB',
  'ME',
  'US',
]);
