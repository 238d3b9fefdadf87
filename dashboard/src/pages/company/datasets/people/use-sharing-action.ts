/** Deeds of sharing: what the server says no with is told in a way that fits where it happens. */
import { useAction, type Action } from '../../../../components/use-action.ts';
import { forManagers } from './sharing-problems.ts';

/** As `useAction`. The sentence is changed once, not with each drawing: a form leads to its field when a problem is a new one. */
export const useSharingAction = <Arguments extends readonly unknown[]>(
  deed: (...input: Arguments) => Promise<unknown>,
  tell: (problem: unknown) => unknown = forManagers,
): Action<Arguments> =>
  useAction(async (...input: Arguments) => {
    try {
      await deed(...input);
    } catch (error) {
      throw tell(error);
    }
  });
