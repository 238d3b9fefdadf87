/** What the browser says that it did (WebAuthn §5.8.1), as far as it has to be known before the challenge is. */
import { z } from 'zod';

const clientData = z.object({
  challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  // A page of ours in a page of somebody else's is not how anybody signs in here.
  crossOrigin: z.literal(false).optional(),
  topOrigin: z.undefined().optional(),
});

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The challenge that was answered; undefined for what no browser writes, and for an answer inside a foreign page. */
export const readChallenge = (clientDataJson: string): string | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(Buffer.from(clientDataJson, 'base64url')));
  } catch {
    return undefined;
  }
  const parsed = clientData.safeParse(value);
  return parsed.success ? parsed.data.challenge : undefined;
};
