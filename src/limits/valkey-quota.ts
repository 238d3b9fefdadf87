/** Quotas out of Valkey: one number a period, and scripts that never grant more than the plan. */
import { randomSecretBytes } from '../foundation/secret.ts';
import type { QuotaAccount, QuotaStore } from './quota-store.ts';
import type { ValkeyClient } from './valkey-client.ts';

/**
 * The memory's own mark changes when the memory was lost. Then what this process saw used when it last looked counts, which
 * otherwise may be more than is: units that were given back since.
 */
const LEASE = `
local mark = redis.call('GET', KEYS[2])
if not mark then
  mark = ARGV[7]
  redis.call('SET', KEYS[2], mark)
end
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
if mark ~= ARGV[6] then used = math.max(used, tonumber(ARGV[5])) end
local want, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local granted = want
if ARGV[3] ~= '1' then granted = math.max(0, math.min(want, limit - used)) end
used = used + granted
redis.call('SET', KEYS[1], string.format('%d', used), 'EX', ARGV[4])
return { string.format('%d', granted), string.format('%d', used), mark }`;

const GIVE_BACK = `
local used = redis.call('GET', KEYS[1])
if used then
  redis.call('SET', KEYS[1], string.format('%d', math.max(0, tonumber(used) - tonumber(ARGV[1]))), 'KEEPTTL')
end
return 1`;

const DAY_SECONDS = 86_400;
/** After the last lease; longer than what is left of the period then, for nodes whose clocks differ. */
const KEPT_SECONDS = { day: 2 * DAY_SECONDS, month: 33 * DAY_SECONDS } as const;

/** Accounts whose use is remembered in case the store forgets it. */
const MOST_REMEMBERED = 100_000;

interface Remembered {
  readonly used: number;
  readonly mark: string;
}

const textOf = (part: unknown): string => {
  if (!Buffer.isBuffer(part)) throw new TypeError('Valkey answered in a form that the script does not have.');
  return part.toString('latin1');
};

/** @param namespace what this installation's keys begin with. */
export const createValkeyQuotaStore = (client: ValkeyClient, namespace: string): QuotaStore => {
  const remembered = new Map<string, Remembered>();

  const keyOf = ({ subject, period }: QuotaAccount, starts: string): string =>
    `${namespace}:quota:${period}:${starts}:${subject}`;

  const remember = (key: string, seen: Remembered): void => {
    // The oldest goes first: a period that is over is not leased from any more.
    remembered.delete(key);
    remembered.set(key, seen);
    if (remembered.size <= MOST_REMEMBERED) return;
    const [oldest] = remembered.keys();
    if (oldest !== undefined) remembered.delete(oldest);
  };

  return {
    lease: async (account, starts, want, { limit, isSoft }) => {
      const key = keyOf(account, starts);
      const before = remembered.get(key);
      const reply = await client.run(
        LEASE,
        [key, `${namespace}:mark`],
        [
          want,
          limit,
          isSoft ? 1 : 0,
          KEPT_SECONDS[account.period],
          before?.used ?? 0,
          before?.mark ?? '',
          randomSecretBytes(8).toString('hex'),
        ],
      );
      const parts: readonly unknown[] = Array.isArray(reply) ? reply : [];
      const granted = Number(textOf(parts[0]));
      const used = Number(textOf(parts[1]));
      remember(key, { used, mark: textOf(parts[2]) });
      return { granted, remaining: limit - used };
    },
    giveBack: async (account, starts, units) => {
      const key = keyOf(account, starts);
      await client.run(GIVE_BACK, [key], [units]);
      const before = remembered.get(key);
      if (before !== undefined) remember(key, { ...before, used: Math.max(0, before.used - units) });
    },
  };
};
