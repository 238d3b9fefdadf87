/** Where calls lead that need more of the person: to the sign-in page, the proof, or the second factor. */
import type { Interventions } from './api/client.ts';
import { queryClient } from './api/query.ts';
import { toast } from './components/toast.tsx';
import { router } from './router.tsx';
import { askForProof } from './shell/proof.ts';
import { safeReturnPath } from './shell/return-path.ts';

const PUBLIC =
  /^\/(?:sign-up|sign-in|confirm|confirm-email|forgot-password|reset-password|invitation|dataset-invitation|reveal-key|goodbye)(?:\/|$)/;

/** The dashboard's answer to the client's three special refusals. */
export const interventions: Interventions = {
  signedOut: () => {
    const { pathname, href } = router.state.location;
    if (PUBLIC.test(pathname)) return;
    const back = safeReturnPath(href);
    void router
      .navigate({ to: '/sign-in', search: back === undefined || back === '/' ? {} : { back } })
      .then(() => {
        // Whoever has signed in again meanwhile keeps what was read since: a query that is cleared under a page hangs.
        if (PUBLIC.test(router.state.location.pathname)) queryClient.clear();
      });
  },
  prove: askForProof,
  secondFactorMissing: () => {
    if (router.state.location.pathname === '/account/security') return;
    toast('This company asks its members for a second factor. Set one up here, then go back to it.');
    void router.navigate({ to: '/account/security', search: { required: true } });
  },
};
