import type { Log } from '../../src/foundation/log.ts';

/** A log that keeps its messages, for tests that look at what was said. */
export const recordingLog = (): Log & { readonly messages: string[] } => {
  const messages: string[] = [];
  const note = (message: string): void => {
    messages.push(message);
  };
  return { debug: note, info: note, warn: note, error: note, messages };
};
