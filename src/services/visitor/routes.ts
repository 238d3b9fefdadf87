import type { Service } from '../service.ts';
import { batchRoute } from './batch.ts';
import { contractErrors } from './contract-errors.ts';
import { contractRoute } from './contract-route.ts';
import { createLocate } from './locate.ts';
import { lookupRoute, ownRoute } from './own-routes.ts';
import type { VisitorData } from './visitor-data.ts';

/** The visitor service as the house takes it: VisitorAPI's contract, and more under `/v1/visitor`. It stores nothing. */
export const createVisitorService = (data: VisitorData): Service => {
  const parts = { data, locate: createLocate() };
  return {
    name: 'visitor',
    prefixes: ['/api/'],
    routes: [contractRoute(data), ownRoute(parts), lookupRoute(parts), batchRoute(parts)],
    errors: contractErrors,
  };
};
