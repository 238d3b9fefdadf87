/** What happens right after someone has signed in. */
import { queryClient } from '../api/query.ts';
import { router } from '../router.tsx';

/** Forgets what was known about whoever was here before, and goes where one wanted to go. */
export const enter = async (back?: string): Promise<void> => {
  queryClient.clear();
  await (back === undefined ? router.navigate({ to: '/' }) : router.navigate({ href: back }));
};

/** Ways that the server offered for the second step; all of them where the page was loaded anew. */
let offered: readonly string[] = ['totp', 'passkey', 'recovery_code'];

export const offerSecondStep = (methods: readonly string[]): void => {
  offered = methods;
};

/** What `offerSecondStep` was last given. */
export const offeredSecondSteps = (): readonly string[] => offered;
