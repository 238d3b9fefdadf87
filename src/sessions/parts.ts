import type { KeyObject } from 'node:crypto';
import type { Passkeys } from '../factors/passkeys.ts';
import type { UserId } from '../foundation/ids.ts';
import type { Cookies } from '../gate/cookies.ts';
import type { PasswordHasher } from '../passwords/hasher.ts';
import type { Database } from '../store/database.ts';
import type { Guessing } from './guessing.ts';
import type { StartSession } from './start.ts';

/** What the services of this room are made of. */
export interface SessionParts {
  readonly database: Database;
  readonly hasher: PasswordHasher;
  readonly guessing: Guessing;
  readonly cookies: Cookies;
  readonly passkeys: Passkeys;
  readonly start: StartSession;
  /** What the process remembers of this user's sessions counts for nothing from now on; others hear of it by `NOTIFY`. */
  readonly noteAccess: (user: UserId) => void;
  /** `deriveKey(master, 'link')`, `'totp'` and `'recovery-code'`. */
  readonly linkKey: KeyObject;
  readonly totpKey: KeyObject;
  readonly recoveryKey: KeyObject;
}
