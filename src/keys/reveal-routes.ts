import { defineEndpoint } from '../http/endpoint.ts';
import { tooManyAttempts } from '../http/access-problems.ts';
import type { AnyRoute, Request } from '../http/route.ts';
import { createReveals, type RevealParts } from './reveals.ts';
import { revealSchema, revealTokenSchema, secretSchema, useRevealSchema } from './schemas.ts';

/** What the endpoints of reveal links are made of. */
export interface RevealRouteParts extends RevealParts {
  /** Spends one token of a link by a source; gives the milliseconds until the next is looked at, 0 where this one is. */
  readonly spendToken: (address: Request['address'], now: number) => number;
}

const TAG = 'Keys';
const PROBLEMS = {
  403: '`forbidden`: your role in the company is neither owner nor admin; the link stays as it is',
  404: '`company_not_found`: you do not belong to the company; the link stays as it is',
  409: 'key_revoked',
  410: '`link_invalid`: the link was used or replaced, ran out, or never was',
  429: 'too_many_attempts',
};

/** Endpoints for the link that whoever runs the installation sends to owners. */
export const revealRoutes = (parts: RevealRouteParts): readonly AnyRoute[] => {
  const reveals = createReveals(parts);
  const slowDown = (address: Request['address'], now: number): void => {
    const wait = parts.spendToken(address, now);
    if (wait > 0) throw tooManyAttempts(wait);
  };
  return [
    defineEndpoint({
      operation: 'key-reveals.read',
      method: 'POST',
      path: '/v1/key-reveals/read',
      access: { session: true },
      tag: TAG,
      summary: 'Read a link to a new secret',
      description:
        'Which key a link is for that whoever runs this installation had mailed to the owners. Reading does not use it.',
      body: revealTokenSchema,
      reply: { status: 200, description: 'The key', schema: revealSchema },
      problems: PROBLEMS,
      handle: async ({ body: { token } }, { caller, request, now }) => {
        slowDown(request.address, now);
        return { body: await reveals.read({ caller, now }, token) };
      },
    }),
    defineEndpoint({
      operation: 'key-reveals.use',
      method: 'POST',
      path: '/v1/key-reveals/use',
      access: { session: true },
      fresh: true,
      tag: TAG,
      summary: 'Make a new secret with a link',
      description:
        'Rotates the key that the link is for: the new secret stands in this answer and nowhere else, before or after. The link works once, for fifteen minutes, and only for an owner or admin of the company.',
      body: useRevealSchema,
      reply: { status: 200, description: 'The key and its new secret', schema: secretSchema },
      problems: PROBLEMS,
      handle: async ({ body: { token, overlap_hours: hours } }, { caller, request, now }) => {
        slowDown(request.address, now);
        return { body: await reveals.use({ caller, now }, token, hours) };
      },
    }),
  ];
};
