/** The promise that datasets are their company's: two synthetic companies, and what one is told of the other's. */
import type { Clock } from '../foundation/clock.ts';
import { newId, type Id } from '../foundation/ids.ts';
import type { CheckResult, PromiseDefinition } from '../foundation/promise.ts';
import type { SeenAnswer } from '../http/promises.ts';
import type { Database } from '../store/database.ts';
import type { CanaryPeople, CanaryPerson } from './canary-people.ts';
import { addCanaryDatasets, closeCanaryDatasets, shareCanaryDataset } from './people/store.ts';

export interface DatasetsApartOptions {
  readonly people: CanaryPeople;
  readonly database: Database;
  /** Asks our own API by a session's cookie, `name=value`. */
  readonly ask: (path: string, cookie: string) => Promise<SeenAnswer>;
  readonly clock: Clock;
}

/** Everything that can be read about one dataset by its id. */
const QUESTIONS = ['', '/people', '/grants', '/invitations', '/sharing', '/activity', '/versions'] as const;

const broken = (evidence: string): CheckResult => ({ state: 'broken', evidence });

interface Pair {
  readonly owner: CanaryPerson;
  readonly stranger: CanaryPerson;
  /** One that its company shares, and one that its owner keeps to themselves. */
  readonly datasets: readonly [Id<'dst'>, Id<'dst'>];
}

const pathOf = (who: CanaryPerson, dataset: string, question = ''): string =>
  `/v1/companies/${who.company}/datasets/${dataset}${question}`;

const lookAround = async (
  { ask, database, clock }: DatasetsApartOptions,
  { owner, stranger, datasets }: Pair,
): Promise<CheckResult> => {
  const told = async (who: CanaryPerson, dataset: string, question = ''): Promise<string> => {
    const { status, body } = await ask(pathOf(who, dataset, question), who.cookie);
    return `${status} ${body.replaceAll(dataset, '')}`;
  };
  const sees = async (who: CanaryPerson, dataset: string): Promise<boolean> =>
    (await told(who, dataset)).startsWith('200 ');
  const nowhere = newId('dst', clock.now());
  let asked = 0;
  for (const dataset of datasets) {
    if (!(await sees(owner, dataset))) throw new Error('an owner does not see their own dataset');
    for (const question of QUESTIONS) {
      asked += 1;
      if ((await told(stranger, dataset, question)) !== (await told(stranger, nowhere, question)))
        return broken(`${question === '' ? 'The dataset itself' : question} tells strangers something.`);
    }
    const { body } = await ask(`/v1/companies/${stranger.company}/datasets`, stranger.cookie);
    if (body.includes(dataset)) return broken('A list of one company held a dataset of another.');
  }
  const [shared, kept] = datasets;
  const scope = { company: owner.company, user: owner.user };
  const { user, company } = stranger;
  await database.as(scope, (tx) =>
    tx.all(shareCanaryDataset, [
      ...([newId('grt', clock.now()), shared, owner.company, user, company] as const),
      new Date(clock.now()),
    ]),
  );
  if (!(await sees(stranger, shared))) throw new Error('what is shared is not seen');
  if (await sees(stranger, kept)) return broken('Who was given one dataset saw another.');
  await database.as(scope, (tx) => tx.all(closeCanaryDatasets, [owner.company]));
  if (await sees(stranger, shared))
    return broken('A company that closed its datasets was still read by somebody outside.');
  return {
    state: 'kept',
    evidence: `${asked} questions of a synthetic company about datasets of another were answered like questions about none; one that was shared with its owner was seen by them alone, and no longer with the next request after its company closed.`,
  };
};

/** Canaries of two companies; all of it goes with them. */
export const datasetsApart = (options: DatasetsApartOptions): PromiseDefinition => ({
  id: 'datasets-apart',
  kind: 'canary-tested',
  sentence: () =>
    'Of a company’s datasets others see what was shared with one of their people, until it is taken away, and not even that there are more.',
  enforcedBy:
    'Rules, statements and row-level security that decide the same, each by itself, with every request; nothing is remembered of a decision.',
  check: async () => {
    const { people, database, clock } = options;
    const owner = await people.make('dataset-owner');
    try {
      const stranger = await people.make('dataset-stranger');
      try {
        const [shared, kept] = [newId('dst', clock.now()), newId('dst', clock.now())];
        const { company, user } = owner;
        await database.as({ company, user }, (tx) =>
          tx.all(addCanaryDatasets, [shared, kept, company, user, new Date(clock.now())]),
        );
        return await lookAround(options, { owner, stranger, datasets: [shared, kept] });
      } finally {
        await people.remove(stranger);
      }
    } finally {
      await people.remove(owner);
    }
  },
});
