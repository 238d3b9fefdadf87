/** The question who is there, asked by calls and answered by the step-up dialog, which is loaded only then. */
import { useSyncExternalStore } from 'react';
import type { ApiProblem } from '../api/problem.ts';

/** One question. */
export interface Question {
  /** Ways to answer it: `password`, `totp`, `passkey`. */
  readonly methods: readonly string[];
  readonly answer: (isProven: boolean) => void;
}

let question: Question | undefined;
let asked: Promise<boolean> | undefined;
const listeners = new Set<() => void>();

const setQuestion = (next: Question | undefined): void => {
  question = next;
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const methodsOf = ({ members }: ApiProblem): readonly string[] => {
  const named = members['methods'];
  return Array.isArray(named) ? named.map(String) : ['password'];
};

/** Opens the dialog; true when a fresh proof was given. Several calls that ask at once share one dialog. */
export const askForProof = (problem: ApiProblem): Promise<boolean> => {
  asked ??= new Promise<boolean>((resolve) => {
    setQuestion({ methods: methodsOf(problem), answer: resolve });
  }).finally(() => {
    asked = undefined;
    setQuestion(undefined);
  });
  return asked;
};

/** The question that waits for an answer, if there is one. */
export const useQuestion = (): Question | undefined => useSyncExternalStore(subscribe, () => question);
