import { Problem } from '../foundation/problem.ts';

/** A static file that this version does not have: most often one of an earlier version. */
export const assetNotFound = (): Problem =>
  new Problem(404, 'asset_not_found', 'No such file', {
    detail: 'Reload the page; its files have new addresses after an update.',
  });
