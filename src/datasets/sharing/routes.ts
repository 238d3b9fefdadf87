import type { AnyRoute } from '../../http/route.ts';
import { askingRoutes } from './asking-routes.ts';
import { authzenRoutes } from './authzen-routes.ts';
import { grantRoutes } from './grant-routes.ts';
import type { SharingParts } from './parts.ts';
import { peopleRoutes } from './people-routes.ts';

export type { SharingParts } from './parts.ts';

/** Endpoints of sharing datasets: for those who manage them, those who are invited or ask, and the company's programs. */
export const createSharingRoutes = (parts: SharingParts): readonly AnyRoute[] => [
  ...peopleRoutes(parts),
  ...grantRoutes(parts),
  ...askingRoutes(parts),
  ...authzenRoutes(parts),
];
