/** Schemas of the fields that many endpoints take: ids, names, addresses. */
import { z, type ZodType } from 'zod';
import { canonicalEmail, emailInvalid } from '../foundation/email.ts';
import { isId, type Id, type IdPrefix } from '../foundation/ids.ts';

/** An id of one kind. */
export const idField = <Prefix extends IdPrefix>(prefix: Prefix): ZodType<Id<Prefix>, string> =>
  z
    .string()
    .max(40)
    .refine((text) => isId(prefix, text), `This is an id of the form ${prefix}_….`);

/**
 * What would break lines or turn their direction around wherever the name is shown, or make two names look the same:
 * control characters, half of a surrogate pair, line and paragraph separators, bidirectional controls and all other
 * signs without a shape (UTS 39 §3.1, UTS 55 §4.1). Joiners stay, which Persian, Hindi and pictures of families need,
 * and the Arabic signs that are drawn around numbers.
 */
const UNFIT =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}[\p{Cf}--[\u{200c}-\u{200d}\u{600}-\u{605}\u{6dd}\u{70f}\u{890}\u{891}\u{8e2}\u{110bd}\u{110cd}]]]/v;
/** Something to see: not only spaces and signs without a shape. */
const VISIBLE = /[^\p{Z}\p{Cf}\p{Mn}\p{Me}\u{115f}\u{1160}\u{2800}\u{3164}\u{ffa0}]/u;
/** Names are shown, mailed and logged; a secret pasted into one would be too. */
const SECRET = /vs_sk_/i;

/** A name as people give it: 1 to `most` characters (Unicode code points), spaces around it left out, in NFC. */
export const nameField = (most: number): ZodType<string, string> =>
  z
    .string()
    // Code units; a guard before anything is computed.
    .max(most * 4, `A name has at most ${most} characters.`)
    .normalize('NFC')
    .trim()
    .refine((text) => VISIBLE.test(text), 'A name has at least one character to see.')
    .refine((text) => Array.from(text).length <= most, `A name has at most ${most} characters.`)
    .refine(
      (text) => !UNFIT.test(text),
      'A name has no line breaks, no control characters and no invisible ones.',
    )
    .refine((text) => !SECRET.test(text), 'A name holds no secret key.');

/** An e-mail address, made canonical. @throws email_invalid, as every endpoint that takes one. */
export const emailField = (): ZodType<string, string> =>
  z
    .string()
    .meta({ maxLength: 1000 })
    .transform((text, context) => {
      const email = canonicalEmail(text);
      if (email !== undefined && !SECRET.test(email)) return email;
      const problem = emailInvalid();
      context.addIssue({ code: 'custom', message: problem.title, params: { problem } });
      return z.NEVER;
    });
