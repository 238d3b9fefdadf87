/** The dataset that is shared, and whether who shares it may. */
import type { CompanyId, Id, UserId } from '../../foundation/ids.ts';
import { checkAccess } from '../../services/datasets/access/store.ts';
import type { Transaction } from '../../store/transaction.ts';
import { datasetNotFound, manageOnly, untilInvalid } from './problems.ts';
import { findOwnDataset } from './store.ts';

/** Ids have the form of names as well. */
const REFERENCE = /^[a-z][a-z0-9_-]{0,62}$/;

/** Whether a text from outside could be the id or the name of a dataset. */
export const isReference = (text: string): boolean => REFERENCE.test(text);

/** A dataset of the company in which somebody acts. */
export interface OwnDataset {
  readonly id: Id<'dst'>;
  readonly name: string;
  readonly title: string | null;
  readonly shared_outside: boolean;
  readonly may_be_shared_outside: boolean;
  /** Whether its company lets datasets out. */
  readonly datasets_outside: boolean;
  readonly company_name: string;
}

export interface Managing {
  readonly company: CompanyId;
  readonly user: UserId;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * A dataset of the company, by id or name, that this user manages.
 * @throws dataset_not_found (404) where they do not see it; forbidden (403) where they do and may not share it.
 */
export const findManaged = async (
  tx: Transaction,
  { company, user, now }: Managing,
  reference: string,
): Promise<OwnDataset> => {
  const found = isReference(reference) ? await tx.one(findOwnDataset, [company, reference]) : undefined;
  if (found === undefined) throw datasetNotFound();
  const access = await tx.one(checkAccess, [user, company, found.id, new Date(now)]);
  if (access === undefined) throw datasetNotFound();
  if (access.right !== 'manage') throw manageOnly();
  return { ...found, id: found.id as Id<'dst'> };
};

const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An end as it was given; undefined where there is none. @throws until_invalid (400) where it does not lie ahead. */
export const parseUntil = (text: string | null | undefined, now: number): Date | undefined => {
  if (text === undefined || text === null) return undefined;
  const time = Date.parse(text);
  if (!(time > now && time <= LAST_TIME)) throw untilInvalid();
  return new Date(time);
};
