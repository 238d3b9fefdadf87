/** Names that people choose: any script, no sign that could add a line to a mail or turn the reading of a page round. */
import { z } from 'zod';

const LONGEST = 100;

/** Control characters, lone surrogates, line separators, and what overrides the direction of text (UTS 55 §3.1). */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** A name of 1 to 100 characters; spaces around it are left out, and it is kept in one form (NFC). */
export const chosenName = z
  .string()
  .max(4 * LONGEST)
  .transform((text) => text.trim().normalize('NFC'))
  .refine((text) => text.length > 0 && Array.from(text).length <= LONGEST && !UNFIT.test(text), {
    message: 'A name has 1 to 100 characters, none of them a control character.',
  });
