import type { KeyObject } from 'node:crypto';
import { isId, type CompanyId, type KeyId } from '../foundation/ids.ts';
import { hmacSha256 } from '../foundation/secret.ts';
import type { Log } from '../foundation/log.ts';
import type { Request } from '../http/route.ts';
import { presentedKey } from './credential.ts';
import { isWellFormedKey } from './key-format.ts';
import type { SecretRow } from './secret-key.ts';

export interface ExposureOptions {
  readonly pepper: KeyObject;
  readonly find: (digest: Buffer) => Promise<SecretRow | undefined>;
  /** Notes the exposure and tells the owners; resolves to whether the key is revoked because its project says so. */
  readonly mark: (company: CompanyId, key: KeyId, now: number) => Promise<boolean>;
  readonly now: () => number;
  readonly log: Log;
}

/** Requests looked up at once; a flood over plain HTTP must not take the database from those who use TLS. */
const MOST_LOOKUPS = 4;

/**
 * Looks at a request that came over plain HTTP: a secret in it was readable on the way, so the key is marked as
 * exposed (decision 1), and revoked where its project asks for that.
 */
export const createExposureWatch = (options: ExposureOptions): ((request: Request) => Promise<void>) => {
  const { pepper, find, mark, now, log } = options;
  let underWay = 0;
  return async (request) => {
    const presented = presentedKey(request);
    if (!presented.ok || underWay >= MOST_LOOKUPS) return;
    const secret = presented.value.secret.expose();
    if (!isWellFormedKey('sk', secret)) return;
    underWay += 1;
    try {
      const row = await find(hmacSha256(pepper, secret));
      if (row === undefined || row.revoked_at !== null) return;
      const { key_id: key, company_id: company } = row;
      if (!isId('key', key) || !isId('com', company)) return;
      const revoked = await mark(company, key, now());
      log.warn(
        revoked
          ? 'a key was sent over plain HTTP and is revoked'
          : 'a key was sent over plain HTTP; rotate it',
        { code: 'key_exposed', where: key },
      );
    } finally {
      underWay -= 1;
    }
  };
};
