import type { AnyRoute } from '../http/route.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { memberRoutes } from './member-routes.ts';
import type { MemberParts } from './parts.ts';

export type { MemberParts } from './parts.ts';
export { roleRoutes } from './role-routes.ts';

/** Endpoints of members and invitations. */
export const createMemberRoutes = (parts: MemberParts): readonly AnyRoute[] => [
  ...memberRoutes(parts),
  ...invitationRoutes(parts),
];
