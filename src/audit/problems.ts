/** How a change ends whose author may not make it any more: as the edge says it to one who never might. */
import type { SessionCaller } from '../foundation/caller.ts';
import type { Problem } from '../foundation/problem.ts';
import { notAllowed } from '../http/access-problems.ts';

export { sessionEnded } from '../http/access-problems.ts';

/** 404, for strangers as for companies that are not there. */
export const companyNotFound = (): Problem => notAllowed({ because: 'no-member' });

/** 403: the member's role does not have the permission. */
export const roleForbids = (): Problem => notAllowed({ because: 'role' });

/** 403, as the pipeline refuses a route that is `fresh`: for those where it depends on what is to be changed. */
export const proofNotFresh = ({ proofMethods, hasSecondFactor }: SessionCaller): Problem =>
  notAllowed({
    because: 'proof-not-fresh',
    methods: proofMethods ?? (hasSecondFactor ? ['totp', 'passkey'] : ['password']),
  });

/** 403: the company lets only those in who signed in with a second factor. */
export const secondFactorRequired = (): Problem => notAllowed({ because: 'second-factor-required' });
