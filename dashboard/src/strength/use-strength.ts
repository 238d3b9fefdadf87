/** The strength of what is being typed, a moment after the typing pauses. */
import { useEffect, useRef, useState } from 'react';
import type { Assessment } from './assess.ts';
import type { StrengthAnswer, StrengthQuestion } from './messages.ts';

/** Milliseconds without a key before a password is looked at. */
const PAUSE = 250;

export type Strength = Assessment | 'measuring' | 'unavailable';

/** Starts the estimator (850 kB gzipped, in a worker) at its first use and ends it with the page that used it. */
export const useStrength = (password: string, context: readonly string[]): Strength => {
  const [strength, setStrength] = useState<Strength>('measuring');
  const worker = useRef<Worker | undefined>(undefined);
  const asked = useRef(0);
  useEffect(() => {
    const thread = new Worker(new URL('./strength-worker.ts', import.meta.url), { type: 'module' });
    thread.addEventListener('message', ({ data }: MessageEvent<StrengthAnswer>) => {
      // What was typed meanwhile has a question of its own.
      if (data.id === asked.current) setStrength(data);
    });
    thread.addEventListener('error', () => setStrength('unavailable'));
    worker.current = thread;
    return () => thread.terminate();
  }, []);
  const inputs = context.join('\n');
  useEffect(() => {
    const timer = setTimeout(() => {
      const question: StrengthQuestion = {
        id: (asked.current += 1),
        password,
        context: inputs.split('\n').filter(Boolean),
      };
      worker.current?.postMessage(question);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [password, inputs]);
  return strength;
};
