/** Asks for the project of the playground; the newest question counts, and whatever was under way is dropped. */
import { useEffect, useRef, useState } from 'react';
import { call, type Reply } from '../../../api/client.ts';
import { ApiProblem, CANCELLED } from '../../../api/problem.ts';
import { suggestionsIn, type Suggestion } from './found.ts';
import { parametersOf, pathOf, suggestionParameters, type Parameters, type Question } from './question.ts';

/** A question and its answer. */
export interface Asked {
  /** Counts up with each question. */
  readonly number: number;
  readonly question: Question;
  readonly tried: Reply<'playground.ask'>;
  /** Milliseconds between question and answer as the browser saw them. */
  readonly roundTripMs: number;
}

interface State {
  readonly asked: Asked | undefined;
  readonly problem: unknown;
  readonly isPending: boolean;
}

export interface Asking extends State {
  readonly ask: (question: Question) => Promise<void>;
  readonly suggest: (question: Question, signal: AbortSignal) => Promise<readonly Suggestion[]>;
}

const bodyOf = (parameters: Parameters): Record<string, string> => Object.fromEntries(parameters);

/** Of one project of a company; what was asked is nowhere but in the memory of the page. */
export const useAsking = (company: string, project: string): Asking => {
  const [state, setState] = useState<State>({ asked: undefined, problem: undefined, isPending: false });
  const current = useRef<AbortController>(undefined);
  const count = useRef(0);
  useEffect(() => () => current.current?.abort(), []);
  const params = { company, project };
  return {
    ...state,
    ask: async (question) => {
      current.current?.abort();
      const { signal } = (current.current = new AbortController());
      setState((before) => ({ ...before, problem: undefined, isPending: true }));
      const startedAt = performance.now();
      try {
        const body = { path: pathOf(question.format), parameters: bodyOf(parametersOf(question)) };
        const tried = await call('playground.ask', { params, body }, signal);
        if (signal.aborted) return;
        const roundTripMs = performance.now() - startedAt;
        count.current += 1;
        setState({
          asked: { number: count.current, question, tried, roundTripMs },
          problem: undefined,
          isPending: false,
        });
      } catch (error) {
        if (signal.aborted || (error instanceof ApiProblem && error.code === CANCELLED)) return;
        setState((before) => ({ ...before, problem: error, isPending: false }));
      }
    },
    suggest: async (question, signal) => {
      const body = { path: '/geosearch', parameters: bodyOf(suggestionParameters(question)) } as const;
      const { body: answer } = await call('playground.ask', { params, body }, signal);
      return suggestionsIn(answer);
    },
  };
};
