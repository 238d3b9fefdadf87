/** Every endpoint of signing up and in, and of sessions. */
import type { AnyRoute } from '../http/route.ts';
import type { Attempts } from '../limits/attempts.ts';
import { createGuessing } from './guessing.ts';
import { createSessions } from './list.ts';
import type { SessionParts } from './parts.ts';
import { createProofs } from './proof.ts';
import { createResetEndpoints } from './reset-endpoints.ts';
import { createPasswordResets } from './reset.ts';
import { createSessionEndpoints } from './session-endpoints.ts';
import { createSignInEndpoints } from './sign-in-endpoints.ts';
import { createSignIns } from './sign-in.ts';
import { createSignUpEndpoints } from './sign-up-endpoints.ts';
import { createSignUps } from './sign-up.ts';
import { createStartSession } from './start.ts';

/** What the composition root hands over. */
export interface SessionRoutesParts extends Omit<SessionParts, 'guessing' | 'start'> {
  readonly attempts: Attempts;
}

export const createSessionRoutes = ({ attempts, ...given }: SessionRoutesParts): readonly AnyRoute[] => {
  const { cookies, database } = given;
  const parts = { ...given, guessing: createGuessing(attempts), start: createStartSession(cookies) };
  return [
    ...createSignUpEndpoints(createSignUps(parts), cookies),
    ...createSignInEndpoints(createSignIns(parts), cookies),
    ...createSessionEndpoints(createSessions(database), createProofs(parts), cookies),
    ...createResetEndpoints(createPasswordResets(parts), cookies),
  ];
};
