import type { AnyRoute } from '../http/route.ts';
import type { Database } from '../store/database.ts';
import { companyRoutes } from './company-routes.ts';
import { projectRoutes } from './project-routes.ts';

export interface AccountParts {
  readonly database: Pick<Database, 'as'>;
}

/** Endpoints of companies and projects. */
export const createAccountRoutes = ({ database }: AccountParts): readonly AnyRoute[] => [
  ...companyRoutes(database),
  ...projectRoutes(database),
];
