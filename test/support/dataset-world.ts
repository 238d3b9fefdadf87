/** Random worlds of companies, members, datasets and grants, as they stand in the database and as the rules see them. */
import fc from 'fast-check';
import { ROLES, type Role } from '../../src/foundation/caller.ts';
import { newId, type CompanyId, type UserId } from '../../src/foundation/ids.ts';
import type { DatasetFacts, Grant } from '../../src/services/datasets/access/rules.ts';
import type { RawSql } from './database.ts';

/** A world by numbers of its companies, users and datasets. */
export interface WorldDraft {
  readonly members: readonly { readonly user: number; readonly company: number; readonly role: Role }[];
  /** Numbers of the companies that let no dataset out; left out: none. */
  readonly closed?: readonly number[];
  readonly datasets: readonly {
    readonly company: number;
    /** Left out, or of somebody who is no member: of nobody any more. */
    readonly owner?: number;
    readonly visibility: 'company' | 'private';
    /** The dataset's own switch; it counts where its company lets datasets out. */
    readonly sharedOutside: boolean;
  }[];
  readonly grants: readonly {
    readonly dataset: number;
    readonly user: number;
    readonly company: number;
    readonly right: 'read' | 'modify';
    /** From now until it ends, below zero where it has; left out: no end. */
    readonly hours?: number;
  }[];
}

export interface WorldActor {
  readonly userId: UserId;
  readonly companyId: CompanyId;
  readonly role?: Role;
}

export interface WorldDataset extends DatasetFacts {
  readonly id: string;
  /** Its own switch; `sharedOutside` is this and its company's. */
  readonly switchedOutside: boolean;
}

export interface WorldGrant extends Grant {
  readonly id: string;
  readonly dataset: string;
}

export interface World {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly users: readonly UserId[];
  readonly companies: readonly CompanyId[];
  /** Those that let no dataset out. */
  readonly closed: ReadonlySet<CompanyId>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly datasets: readonly WorldDataset[];
  readonly grants: readonly WorldGrant[];
}

const COMPANIES = 3;
const USERS = 4;
const DATASETS = 6;
const HOUR_MS = 3_600_000;

const user = fc.nat(USERS - 1);
const company = fc.nat(COMPANIES - 1);

/** Worlds of three companies, four users and up to six datasets. */
export const drawWorld: fc.Arbitrary<WorldDraft> = fc.record({
  members: fc.uniqueArray(fc.record({ user, company, role: fc.constantFrom(...ROLES) }), {
    minLength: 4,
    maxLength: 10,
    selector: (one) => `${one.user} ${one.company}`,
  }),
  closed: fc.subarray(Array.from({ length: COMPANIES }, (_, index) => index)),
  datasets: fc.array(
    fc.record(
      {
        company,
        owner: user,
        visibility: fc.constantFrom('company', 'private'),
        sharedOutside: fc.boolean(),
      },
      { requiredKeys: ['company', 'visibility', 'sharedOutside'] },
    ),
    { minLength: 2, maxLength: DATASETS },
  ),
  grants: fc.uniqueArray(
    fc.record(
      {
        dataset: fc.nat(DATASETS - 1),
        user,
        company,
        right: fc.constantFrom('read', 'modify'),
        hours: fc.constantFrom(-2, 2),
      },
      { requiredKeys: ['dataset', 'user', 'company', 'right'] },
    ),
    { minLength: 2, maxLength: 14, selector: (one) => `${one.dataset} ${one.user} ${one.company}` },
  ),
});

/** Everybody in every company, members or not. */
export const actorsOf = ({ users, companies, roles }: World): readonly WorldActor[] =>
  companies.flatMap((companyId) =>
    users.map((userId) => {
      const role = roles.get(`${userId} ${companyId}`);
      return { userId, companyId, ...(role === undefined ? {} : { role }) };
    }),
  );

/** What the rules ask about a dataset. */
export const datasetFacts = (dataset: WorldDataset): DatasetFacts => {
  const { id: _, switchedOutside: __, ...facts } = dataset;
  return facts;
};

/** An actor's grant on a dataset, if any. */
export const grantOf = (world: World, dataset: WorldDataset, actor: WorldActor): Grant | undefined =>
  world.grants.find(
    (one) => one.dataset === dataset.id && one.userId === actor.userId && one.companyId === actor.companyId,
  );

/** What the tables could not hold is left out: grants to people who are no members, and datasets that are not there. */
const settle = (draft: WorldDraft, now: number): World => {
  const companies = Array.from({ length: COMPANIES }, () => newId('com', now));
  const users = Array.from({ length: USERS }, () => newId('usr', now));
  const closed = new Set((draft.closed ?? []).map((index) => companies[index]!));
  const roles = new Map(
    draft.members.map((one) => [`${users[one.user]} ${companies[one.company]}`, one.role] as const),
  );
  const datasets = draft.datasets.map((one, index): WorldDataset => {
    const companyId = companies[one.company]!;
    const owner = one.owner === undefined ? undefined : users[one.owner]!;
    const isMember = owner !== undefined && roles.has(`${owner} ${companyId}`);
    const { visibility, sharedOutside } = one;
    return {
      id: newId('dst', now + index),
      companyId,
      visibility,
      switchedOutside: sharedOutside,
      sharedOutside: sharedOutside && !closed.has(companyId),
      ...(isMember ? { ownerId: owner } : {}),
    };
  });
  const grants = draft.grants.flatMap(({ dataset, user: who, company: where, right, hours }) => {
    const [found, userId, companyId] = [datasets[dataset], users[who]!, companies[where]!];
    if (found === undefined || !roles.has(`${userId} ${companyId}`)) return [];
    const until = hours === undefined ? {} : { until: now + hours * HOUR_MS };
    return [{ id: newId('grt', now), dataset: found.id, userId, companyId, right, ...until }];
  });
  return { now, companies, closed, users, roles, datasets, grants };
};

/** Writes a world past row-level security. @param now milliseconds since 1970, of the database's own clock. */
export const writeWorld = async (superuser: RawSql, draft: WorldDraft, now: number): Promise<World> => {
  const world = settle(draft, now);
  for (const id of world.companies)
    await superuser(
      "insert into vouchsafe.company (id, name, created_at, datasets_outside) values ($1, 'World', now(), $2)",
      [id, !world.closed.has(id)],
    );
  for (const id of world.users)
    await superuser(
      'insert into vouchsafe.user_account (id, email, created_at, active_on) values ($1, $2, now(), now())',
      [id, `${id}@example.com`],
    );
  for (const [pair, role] of world.roles) {
    const [userId, companyId] = pair.split(' ');
    await superuser('insert into vouchsafe.member values ($1, $2, $3, now())', [companyId, userId, role]);
  }
  for (const [index, one] of world.datasets.entries())
    await superuser(
      `insert into vouchsafe.dataset
         (id, company_id, name, owner_id, visibility, shared_outside, created_at)
       values ($1, $2, $3, $4, $5, $6, now())`,
      [one.id, one.companyId, `set_${index}`, one.ownerId ?? null, one.visibility, one.switchedOutside],
    );
  for (const one of world.grants)
    await superuser(
      `insert into vouchsafe.dataset_grant
         (id, dataset_id, company_id, user_id, acting_company_id, "right", granted_at, until)
       select $1, d.id, d.company_id, $3, $4, $5, $6, $7 from vouchsafe.dataset d where d.id = $2`,
      [
        one.id,
        one.dataset,
        one.userId,
        one.companyId,
        one.right,
        new Date(now - 10 * HOUR_MS),
        one.until === undefined ? null : new Date(one.until),
      ],
    );
  return world;
};
