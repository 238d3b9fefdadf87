/** The promise that the age of the data about addresses is said and not hidden, read from the pages that say it. */
import type { Clock } from '../foundation/clock.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import type { SeenAnswer } from '../http/promises.ts';

/** A layer that answers, and the day of its data. */
export interface AgeingLayer {
  readonly layer: 'place' | 'network' | 'kinds';
  /** `YYYY-MM-DD`, as its file says it. */
  readonly builtAt: string;
}

/** How to look at what is said. */
export interface AddressDataAgeOptions {
  readonly fetch: (path: string) => Promise<SeenAnswer>;
  /** The layers in use, as the main thread has loaded them. */
  readonly layers: () => readonly AgeingLayer[];
  /** Of a page of credits, the day that it says of a layer. */
  readonly dayOn: (page: string, layer: AgeingLayer['layer']) => string | undefined;
  readonly workers: number;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly repeat?: string;
}

/** Half of the networks that change their country in a year have done so by then; publishers update each month. */
const OLD_DAYS = 90;
const DAY_MS = 86_400_000;
/** Data that is just being swapped is another in the next moment. */
const TRIES = 3;
const PAUSE_MS = 1500;

const WORDS: Readonly<Record<AgeingLayer['layer'], string>> = {
  place: 'places',
  network: 'networks',
  kinds: 'kinds of networks',
};

const sentenceFor = ({ layer, builtAt }: AgeingLayer, now: number): string => {
  const days = Math.max(0, Math.floor((now - Date.parse(builtAt)) / DAY_MS));
  if (Date.parse(builtAt) === 0) return `of ${WORDS[layer]} there is none`;
  return `that of ${WORDS[layer]} is of ${builtAt}, ${days} ${days === 1 ? 'day' : 'days'} old${days > OLD_DAYS ? ' (old)' : ''}`;
};

/** Whoever asks is told of which day the data is that answers. */
export const addressDataAgeSaid = (options: AddressDataAgeOptions): PromiseDefinition => ({
  id: 'address-data-age-said',
  kind: 'repeatable from outside',
  sentence: () =>
    `Of which day our data about internet addresses is stands here and at /credits; what is older than ${OLD_DAYS} days is called old.`,
  enforcedBy:
    'The day is part of the file that answers, and comes from its publisher; the page of credits reads it from what each worker has open.',
  ...(options.repeat === undefined ? {} : { repeat: options.repeat }),
  check: async (): Promise<CheckResult> => {
    const { fetch, layers, dayOn, workers, clock, sleep } = options;
    let fault = '';
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await sleep(PAUSE_MS);
      const inUse = layers();
      fault = '';
      // Each connection may be another worker's.
      for (let look = 0; look < 2 * workers && fault === ''; look++) {
        const { status, body } = await fetch('/credits');
        if (status !== 200) throw new Error('a page is not there');
        const wrong = inUse.find(({ layer, builtAt }) => dayOn(body, layer) !== builtAt);
        if (wrong !== undefined)
          fault = `The page of credits does not say that the data of ${WORDS[wrong.layer]} is of ${wrong.builtAt}.`;
      }
      if (fault === '') {
        const said = inUse.map((layer) => sentenceFor(layer, clock.now())).join('; ');
        return {
          state: 'kept',
          evidence:
            said === ''
              ? 'There is no data about addresses.'
              : `${said.charAt(0).toUpperCase()}${said.slice(1)}.`,
        };
      }
    }
    return { state: 'broken', evidence: fault };
  },
});
