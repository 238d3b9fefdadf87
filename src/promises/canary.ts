/** The installation's own company, whose keys exist to be used, marked and revoked by the checks. */
import type { Accounts } from '../accounts/service.ts';
import type { Clock } from '../foundation/clock.ts';
import { isId, newId, type CompanyId, type ProjectId } from '../foundation/ids.ts';
import type { Secret } from '../foundation/secret.ts';
import type { CanaryKeys } from '../gate/promises.ts';
import type { CreatedKey, Keys } from '../keys/service.ts';
import type { Database } from '../store/database.ts';
import { addPageProject, deleteOldKeys } from './store.ts';

/** Names the company; an installation has one. */
export const CANARY_COMPANY = 'Vouchsafe canaries';
const CANARY_PROJECT = 'Canaries';
const PAGE_PROJECT = 'Canary pages';

/** The hosts of the canaries' pages lie below it, which resolves nowhere (RFC 6761 §6.4). */
export const CANARY_DOMAIN = 'canary.invalid';

/** Enough for the checks of many workers; a leaked canary key is worth no more than this. */
const CANARY_LIMITS = { perSecond: 200, burst: 200, perDay: null, perMonth: null, isSoft: false } as const;

const HOUR_MS = 3_600_000;

/** A canary key that is in use is replaced after a day. */
const STANDING_MS = 24 * HOUR_MS;
/** Revoked ones are deleted after an hour: those of a day ago would say nothing new. */
const REVOKED_KEPT_MS = HOUR_MS;
/** Left behind in use by a process that died, perhaps another node's of yesterday. */
const FORGOTTEN_MS = 2 * STANDING_MS;

/** Keys of the installation itself. */
export interface Canaries extends CanaryKeys {
  /** The company and project of the canaries, made when first asked for. */
  readonly home: () => Promise<{ readonly company: CompanyId; readonly project: ProjectId }>;
  /** Another project of that company, which the pages of all hosts below `CANARY_DOMAIN` may ask without a key. */
  readonly pages: () => Promise<ProjectId>;
  /** A key that works and whose secret only this process knows; another one every day. */
  readonly standing: () => Promise<CreatedKey>;
}

/** The rooms that the canaries live in. */
export interface CanariesOptions {
  readonly accounts: Pick<Accounts, 'createCompany' | 'listProjects'>;
  readonly keys: Pick<Keys, 'create' | 'revoke'>;
  readonly database: Pick<Database, 'company'>;
  readonly clock: Clock;
}

const REASON = 'canary';

/** Makes the canaries; nothing is created before it is asked for. */
export const createCanaries = ({ accounts, keys, database, clock }: CanariesOptions): Canaries => {
  const findHome = async (): Promise<{ company: CompanyId; project: ProjectId }> => {
    const known = (await accounts.listProjects()).find((project) => project.companyName === CANARY_COMPANY);
    if (known !== undefined) return { company: known.company, project: known.project };
    return accounts.createCompany({
      companyName: CANARY_COMPANY,
      projectName: CANARY_PROJECT,
      limits: CANARY_LIMITS,
    });
  };

  let finding: ReturnType<typeof findHome> | undefined;
  const home = (): ReturnType<typeof findHome> => {
    finding ??= findHome().catch((error: unknown) => {
      finding = undefined;
      throw error;
    });
    return finding;
  };

  const findPages = async (): Promise<ProjectId> => {
    const { company } = await home();
    const known = (await accounts.listProjects()).find(
      (one) => one.company === company && one.projectName === PAGE_PROJECT,
    );
    if (known !== undefined) return known.project;
    const now = clock.now();
    const project = newId('prj', now);
    const origin = `https://*.${CANARY_DOMAIN}`;
    const { perSecond } = CANARY_LIMITS;
    const row = [
      project,
      company,
      newId('dom', now),
      PAGE_PROJECT,
      origin,
      perSecond,
      new Date(now),
    ] as const;
    await database.company(company, (tx) => tx.all(addPageProject, row));
    return project;
  };

  const tidy = async (company: CompanyId): Promise<void> => {
    const now = clock.now();
    const revokedBefore = new Date(now - REVOKED_KEPT_MS);
    const madeBefore = new Date(now - FORGOTTEN_MS);
    await database.company(company, (tx) => tx.all(deleteOldKeys, [company, revokedBefore, madeBefore]));
  };

  const create = async (name: string): Promise<CreatedKey> => {
    const { company, project } = await home();
    await tidy(company);
    return keys.create({ company, project, name });
  };

  const revoke = async (id: string): Promise<void> => {
    const { company } = await home();
    if (!isId('key', id)) throw new Error('not the id of a key');
    await keys.revoke(company, id, REASON);
  };

  const secrets = new Map<string, Secret>();
  let last: { readonly secret: Secret; readonly at: number } | undefined;
  const make = async (): Promise<CreatedKey> => {
    const key = await create('Canary, made to be revoked');
    secrets.set(key.id, key.secret);
    return key;
  };
  const revokeAndRemember = async (id: string): Promise<void> => {
    await revoke(id);
    const secret = secrets.get(id);
    if (secret !== undefined) last = { secret, at: clock.now() };
    secrets.delete(id);
  };

  let standing: { readonly key: CreatedKey; readonly since: number } | undefined;
  let replacing: Promise<CreatedKey> | undefined;
  const replace = async (): Promise<CreatedKey> => {
    const key = await create('Canary, in use for a day');
    if (standing !== undefined) await revoke(standing.key.id);
    standing = { key, since: clock.now() };
    return key;
  };

  return {
    home,
    pages: findPages,
    make,
    revoke: revokeAndRemember,
    revoked: async () => {
      // One whose row is deleted would be an unknown key.
      if (last !== undefined && clock.now() - last.at < REVOKED_KEPT_MS / 2) return last.secret;
      const key = await make();
      await revokeAndRemember(key.id);
      return key.secret;
    },
    standing: async () => {
      if (standing !== undefined && clock.now() - standing.since < STANDING_MS) return standing.key;
      replacing ??= replace().finally(() => {
        replacing = undefined;
      });
      return replacing;
    },
  };
};
