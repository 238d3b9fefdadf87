/** One thing that a person does: it runs once however often it is clicked, and what went wrong is kept to be shown. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem, CANCELLED } from '../api/problem.ts';

export interface Action<Arguments extends readonly unknown[]> {
  /** Runs unless it is running; resolves to whether it succeeded. Never rejects. */
  readonly run: (...input: Arguments) => Promise<boolean>;
  readonly pending: boolean;
  /** What the last run threw; undefined from the start of the next. */
  readonly problem: unknown;
  readonly reset: () => void;
}

/** Wraps an asynchronous deed for a button or form. A second click in the same instant does nothing. */
export const useAction = <Arguments extends readonly unknown[]>(
  deed: (...input: Arguments) => Promise<unknown>,
): Action<Arguments> => {
  const [state, setState] = useState<{ pending: boolean; problem: unknown }>({
    pending: false,
    problem: undefined,
  });
  const running = useRef(false);
  const latest = useRef(deed);
  useEffect(() => {
    latest.current = deed;
  });
  const run = useCallback(async (...input: Arguments): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setState({ pending: true, problem: undefined });
    try {
      await latest.current(...input);
      setState({ pending: false, problem: undefined });
      return true;
    } catch (error) {
      const isCancelled = error instanceof ApiProblem && error.code === CANCELLED;
      setState({ pending: false, problem: isCancelled ? undefined : error });
      return false;
    } finally {
      running.current = false;
    }
  }, []);
  const reset = useCallback(() => setState({ pending: false, problem: undefined }), []);
  return { run, ...state, reset };
};
