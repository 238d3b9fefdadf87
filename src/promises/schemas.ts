/** The wire shapes of the report and its history, as they stand in the OpenAPI document. */
import { z } from 'zod';
import { PROMISE_KINDS } from '../foundation/promise.ts';
import { PROMISE_STATES } from './report.ts';

const instant = z.iso.datetime({ precision: 3 }).describe('ISO 8601 in UTC with milliseconds.');
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const state = z
  .enum(PROMISE_STATES)
  .describe('`unchecked`: not checked yet, not checked for too long, or the check could not run.');

/** One promise in the report. */
export const promiseSchema = z
  .object({
    id: z.string().describe('Stable name of the promise.').meta({ example: 'tls-only' }),
    sentence: z.string().describe('What is promised; numbers in it are configured or measured.'),
    kind: z.enum(PROMISE_KINDS).describe('How the truth of the sentence is known.'),
    state,
    enforcedBy: z.string().describe('What makes the sentence true, besides being checked.'),
    checkedAt: instant.nullable().describe('When the last check ended; null before the first.'),
    evidence: z.string().describe('What the last check found.'),
    repeat: z.string().optional().describe('A command that anybody can run, where there is one.'),
  })
  .meta({ id: 'Promise' });

/** `GET /security.json`. */
export const reportSchema = z
  .object({
    installation: z.object({
      name: z.string(),
      url: z.string().describe('The public origin of this server.'),
      version: z.string(),
    }),
    generatedAt: instant,
    promises: z.array(promiseSchema),
    history: z.object({
      entries: z.int().describe('Entries in the history.'),
      head: hex.nullable().describe('Hash of the newest entry; null before the first.'),
      publicKey: z.string().describe('Ed25519 public key of the history: SPKI in DER, in base64.'),
    }),
  })
  .meta({ id: 'SecurityReport' });

/** One link of the chain. */
export const entrySchema = z
  .object({
    seq: z.int().min(1).describe('1 for the first entry, then without gaps.'),
    promise: z.string().describe('The id of the promise.'),
    state,
    evidence: z.string(),
    checkedAt: instant,
    previousHash: hex.describe('`hash` of the entry before; 64 zeros in the first.'),
    hash: hex.describe(
      'SHA-256 of the other fields above as canonical JSON (RFC 8785): `checkedAt`, `evidence`, `previousHash`, `promise`, `seq`, `state`.',
    ),
    signature: z.string().describe('Ed25519 signature of the 32 bytes of `hash`, in base64.'),
  })
  .meta({ id: 'HistoryEntry' });

/** `GET /security/history.json`. */
export const historySchema = z
  .object({ entries: z.array(entrySchema).describe('At most 500, oldest first.') })
  .meta({ id: 'SecurityHistory' });

/** The `before` parameter of the history. */
export const beforeSchema = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)
  .describe('Only entries with a smaller `seq`; without it, the newest.')
  .meta({ example: '501' });
