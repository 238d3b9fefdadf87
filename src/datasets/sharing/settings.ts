/** What a company lets out, what it notes, and what was done with one of its datasets. */
import { changeAsMember, type Acting } from '../../audit/change.ts';
import { companyNotFound } from '../../audit/problems.ts';
import type { CompanyId, UserId } from '../../foundation/ids.ts';
import type { Database } from '../../store/database.ts';
import { findManaged, type Managing } from './managed.ts';
import { datasetNotFound, outsideNotAllowed } from './problems.ts';
import {
  changeSettings as writeSettings,
  countGrants,
  listActivity,
  readSettings,
  switchDataset,
} from './store.ts';

export interface Settings {
  readonly outside: boolean;
  readonly reads_logged: boolean;
}

type Store = Pick<Database, 'as'>;

export const showSettings = async (
  database: Store,
  scope: { readonly company: CompanyId; readonly user: UserId },
): Promise<Settings> => {
  const row = await database.as(scope, (tx) => tx.one(readSettings, [scope.company]));
  if (row === undefined) throw companyNotFound();
  return row;
};

/**
 * Changes what is given. Closed, nobody outside sees a dataset of the company from the next statement on, wherever it is
 * asked; open again, whoever has a grant still does.
 */
export const changeSettings = (
  database: Store,
  acting: Acting,
  change: { readonly outside?: boolean | undefined; readonly reads_logged?: boolean | undefined },
): Promise<Settings> =>
  changeAsMember(database, acting, { permission: 'datasets.settings', alone: true }, async ({ tx }) => {
    const { company } = acting;
    const before = await tx.one(readSettings, [company]);
    if (before === undefined) throw companyNotFound();
    const after = {
      outside: change.outside ?? before.outside,
      reads_logged: change.reads_logged ?? before.reads_logged,
    };
    const details = {
      ...(after.outside === before.outside ? {} : { outside: after.outside }),
      ...(after.reads_logged === before.reads_logged ? {} : { reads_logged: after.reads_logged }),
    };
    if (Object.keys(details).length === 0) return { value: after };
    await tx.all(writeSettings, [company, after.outside, after.reads_logged]);
    return { value: after, event: { action: 'datasets.change-settings', target: company, details } };
  });

/** Whether one dataset is let out. */
export interface Switch {
  readonly shared_outside: boolean;
  readonly company_allows: boolean;
  readonly may_be_shared_outside: boolean;
  readonly people_outside: number;
}

/** @throws dataset_not_found (404), forbidden (403). */
export const showSwitch = (database: Store, managing: Managing, reference: string): Promise<Switch> =>
  database.as(managing, async (tx) => {
    const dataset = await findManaged(tx, managing, reference);
    const counted = await tx.one(countGrants, [managing.company, dataset.id]);
    return {
      shared_outside: dataset.shared_outside,
      company_allows: dataset.datasets_outside,
      may_be_shared_outside: dataset.may_be_shared_outside,
      people_outside: counted?.outside ?? 0,
    };
  });

/** @throws dataset_not_found (404), forbidden (403), outside_not_allowed (409) where the company lets nothing out. */
export const changeSwitch = (
  database: Store,
  acting: Acting,
  reference: string,
  wanted: boolean,
): Promise<Switch> =>
  // Alone: whoever closes the company waits, so that neither waits for the other in a circle.
  changeAsMember(database, acting, { permission: 'datasets.make', alone: true }, async ({ tx }) => {
    const { company, caller, now } = acting;
    const dataset = await findManaged(tx, { company, user: caller.user, now }, reference);
    if (wanted && !dataset.datasets_outside) throw outsideNotAllowed();
    const counted = await tx.one(countGrants, [company, dataset.id]);
    const value = {
      shared_outside: wanted,
      company_allows: dataset.datasets_outside,
      may_be_shared_outside: wanted && dataset.datasets_outside,
      people_outside: counted?.outside ?? 0,
    };
    if (dataset.shared_outside === wanted) return { value };
    if ((await tx.one(switchDataset, [company, dataset.id, wanted])) === undefined) throw datasetNotFound();
    return {
      value,
      event: { action: 'datasets.change-sharing', target: dataset.id, details: { shared_outside: wanted } },
    };
  });

export interface ActivityPage {
  readonly items: {
    readonly id: string;
    readonly at: string;
    readonly actor: {
      readonly id: string;
      readonly name: string | null;
      readonly email: string | null;
    } | null;
    readonly action: string;
    readonly details: Record<string, string | number | boolean | null>;
  }[];
  readonly next: string | null;
}

/** What was done with a dataset, newest first, before an event. @throws dataset_not_found (404), forbidden (403). */
export const showActivity = (
  database: Store,
  managing: Managing,
  reference: string,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<ActivityPage> =>
  database.as(managing, async (tx) => {
    const dataset = await findManaged(tx, managing, reference);
    // One more than asked for tells whether there are more.
    const rows = await tx.all(listActivity, [managing.company, dataset.id, before ?? null, limit + 1]);
    const items = rows.slice(0, limit).map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actor: row.actor === null ? null : { id: row.actor, name: row.actor_name, email: row.actor_email },
      action: row.action,
      details: row.details as Record<string, string | number | boolean | null>,
    }));
    return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  });
