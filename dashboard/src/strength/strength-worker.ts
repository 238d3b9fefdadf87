/** The estimator in a thread of its own: up to 200 ms a password would make typing stutter. */
import { assessPassword } from './assess.ts';
import type { StrengthAnswer, StrengthQuestion } from './messages.ts';

addEventListener('message', ({ data }: MessageEvent<StrengthQuestion>) => {
  const answer: StrengthAnswer = { id: data.id, ...assessPassword(data.password, data.context) };
  postMessage(answer);
});
