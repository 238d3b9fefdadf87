/** Companies, projects and keys of our own in a fresh database, and what `target.ts` needs to serve them. */
import { createAccounts } from '../src/accounts/service.ts';
import { systemClock } from '../src/foundation/clock.ts';
import { insertDomain } from '../src/domains/store.ts';
import { newId, type CompanyId } from '../src/foundation/ids.ts';
import { hmacKey, randomSecretBytes } from '../src/foundation/secret.ts';
import { PEPPER_ID } from '../src/installation/secrets.ts';
import { createKeys } from '../src/keys/service.ts';
import { createDatabase } from '../src/store/database.ts';
import type { BenchDatabase, Ground } from './ground.ts';
import type { Begin } from './target.ts';

/** The largest a project can have; the leases of its units are of the size that any large plan has. */
const PER_DAY = 2_000_000_000;
const PER_SECOND = 1_000_000;

/** A database with keys in it. */
export interface Ours {
  readonly keys: readonly string[];
  /** Ids of the projects, and of the company of each. */
  readonly projects: readonly string[];
  readonly companies: readonly CompanyId[];
  /** Where they lie. */
  readonly database: BenchDatabase;
  /** To begin a server on it, plain; add a certificate for TLS. */
  readonly begin: Extract<Begin, { server: 'ours' }>;
}

/**
 * Makes `projects` projects with `keysEach` keys each, whose limits are finite and never reached.
 * @param origin of the pages of all of them; none where left out.
 */
export const prepareOurs = async (
  ground: Ground,
  gazetteerPath: string,
  {
    projects,
    keysEach,
    origin,
  }: { readonly projects: number; readonly keysEach: number; readonly origin?: string },
): Promise<Ours> => {
  const place = await ground.createDatabase();
  const { app } = place;
  const database = createDatabase({ connection: app, poolSize: 2 });
  try {
    const pepper = randomSecretBytes(32);
    const accounts = createAccounts(database, systemClock);
    const service = createKeys({
      database,
      pepper: hmacKey(pepper),
      pepperId: PEPPER_ID,
      clock: systemClock,
    });
    const limits = {
      perSecond: PER_SECOND,
      burst: PER_SECOND,
      perDay: PER_DAY,
      perMonth: null,
      isSoft: false,
    };
    const names = { companyName: 'Bench', projectName: 'Bench' };
    const keys: string[] = [];
    const ids: string[] = [];
    const companies: CompanyId[] = [];
    for (let made = 0; made < projects; made += 1) {
      const company = await accounts.createCompany({ ...names, limits });
      ids.push(company.project);
      companies.push(company.company);
      if (origin !== undefined)
        await database.company(company.company, (tx) =>
          tx.one(insertDomain, [
            newId('dom', systemClock.now()),
            company.company,
            company.project,
            origin,
            new Date(systemClock.now()),
          ]),
        );
      for (let count = 0; count < keysEach; count += 1)
        keys.push((await service.create({ ...company, name: 'Bench' })).secret.expose());
    }
    const parts = { certificate: undefined, connection: app, pepper, gazetteerPath };
    return {
      keys,
      projects: ids,
      companies,
      database: place,
      begin: { ask: 'begin', server: 'ours', ...parts },
    };
  } finally {
    await database.close();
  }
};
