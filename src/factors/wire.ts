/** How factors look in answers. */
import { z } from 'zod';
import { isId, type Id } from '../foundation/ids.ts';
import type { PasskeyItem } from './passkey-service.ts';
import { passkeyNotFound } from './problems.ts';
import { RECOVERY_CODES } from './recovery-codes.ts';

/** A passkey in an answer. */
export const passkeyItem = z
  .strictObject({
    id: z.string().meta({ examples: ['pky_01h0000000000000000000000a'] }),
    name: z.string().describe('As its owner called it.'),
    created_at: z.iso.datetime(),
    last_used_on: z.iso.date().nullable().describe('The UTC day on which it was last used.'),
    synced: z.boolean().describe('Whether it is kept by more than one device.'),
  })
  .meta({ id: 'Passkey' });

/** @see passkeyItem */
export const wirePasskey = (item: PasskeyItem): z.output<typeof passkeyItem> => ({
  id: item.id,
  name: item.name,
  created_at: item.createdAt.toISOString(),
  last_used_on: item.usedOn,
  synced: item.synced,
});

/** Recovery codes in an answer, which is the only time that they are shown. */
export const recoveryCodeList = z
  .array(z.string().meta({ examples: ['7x2mq-9c4td'] }))
  .length(RECOVERY_CODES)
  .describe('Each works once in place of a second factor. They are shown now and never again.');

/** The id of a passkey in a path. @throws passkey_not_found (404) for what is none. */
export const passkeyIdOf = (text: string): Id<'pky'> => {
  if (!isId('pky', text)) throw passkeyNotFound();
  return text;
};
