/** The access bench's world as it lies in memory, and what is asked about it. */
import type { Role } from '../src/foundation/caller.ts';
import type { Actor, DatasetFacts, Grant } from '../src/services/datasets/access/rules.ts';
import type { connect } from '../src/store/connection.ts';
import { createSeededRandom } from './figures.ts';

const SEED = 20_261_122;

type Client = Awaited<ReturnType<typeof connect>>;

/** What all decisions of a world are made from. */
export interface Facts {
  readonly actors: readonly Required<Actor>[];
  readonly datasets: readonly (DatasetFacts & { readonly id: string })[];
  readonly grants: number;
  /** By dataset, of each actor. */
  readonly grantsOf: readonly ReadonlyMap<string, Grant>[];
}

/** Reads it all, as the superuser. */
export const readFacts = async (client: Client): Promise<Facts> => {
  const members = await client.query<{ userId: string; companyId: string; role: Role }>(
    'select user_id as "userId", company_id as "companyId", role from vouchsafe.member order by 1, 2',
  );
  const datasets = await client.query<DatasetFacts & { id: string }>(
    `select id, company_id as "companyId", owner_id as "ownerId", visibility, may_be_shared_outside as "sharedOutside"
       from vouchsafe.dataset order by id`,
  );
  const grants = await client.query<{
    dataset: string;
    userId: string;
    companyId: string;
    right: 'read' | 'modify';
    until: Date | null;
  }>(
    `select dataset_id as dataset, user_id as "userId", acting_company_id as "companyId", "right", until from vouchsafe.dataset_grant`,
  );
  const byActor = new Map<string, Map<string, Grant>>();
  for (const { dataset, userId, companyId, right, until } of grants.rows) {
    const key = `${userId} ${companyId}`;
    const own = byActor.get(key) ?? new Map<string, Grant>();
    byActor.set(key, own);
    own.set(dataset, { userId, companyId, right, ...(until === null ? {} : { until: until.getTime() }) });
  }
  return {
    actors: members.rows,
    datasets: datasets.rows,
    grants: grants.rows.length,
    grantsOf: members.rows.map(({ userId, companyId }) => byActor.get(`${userId} ${companyId}`) ?? new Map()),
  };
};

/** Pairs of an actor and a dataset by number: half of them a dataset of the actor's company, half any at all. */
export const drawPairs = (
  { actors, datasets }: Facts,
  count: number,
): readonly (readonly [number, number])[] => {
  const random = createSeededRandom(SEED);
  const ofCompany = new Map<string, number[]>();
  for (const [index, { companyId }] of datasets.entries()) {
    const own = ofCompany.get(companyId);
    if (own === undefined) ofCompany.set(companyId, [index]);
    else own.push(index);
  }
  return Array.from({ length: count }, (_, index) => {
    const actor = Math.floor(random() * actors.length);
    const own = ofCompany.get(actors[actor]?.companyId ?? '') ?? [];
    const any = random();
    return [
      actor,
      index % 2 === 0 ? (own[Math.floor(any * own.length)] ?? 0) : Math.floor(any * datasets.length),
    ];
  });
};
