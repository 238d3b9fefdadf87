/** Names of datasets as they stand in addresses, and the addresses of a company. */

/** UTF-16 units. */
export const LONGEST_NAME = 63;

export const NAME_HINT =
  'Stands in addresses: small letters, digits, dashes and underscores, a letter first, 63 at most.';

/** What a file's name gives as a dataset's: `Well logs (2024).csv` → `well-logs-2024`. */
export const nameFrom = (file: string): string =>
  file
    .replace(/\.[a-z0-9]{1,8}(?:\.gz)?$/i, '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, '');

/** `/v1/companies/…`, each part encoded; an `@` before a version stays. For links that the browser follows by itself. */
export const companyPath = (company: string, ...parts: readonly string[]): string =>
  [
    '/v1/companies',
    ...[company, ...parts].map((part) => encodeURIComponent(part).replaceAll('%40', '@')),
  ].join('/');
