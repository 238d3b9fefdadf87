/** How long a password would stand, as it is typed, with the one thing to do about it. */
import type { ReactElement } from 'react';
import { cx } from '../components/class-names.ts';
import { useStrength, type Strength } from './use-strength.ts';

interface StrengthMeterProps {
  readonly password: string;
  /** What the person is known by: address, own name, company. */
  readonly context: readonly string[];
  /** Characters that the password needs at least: 15, or 8 with a second factor. */
  readonly least: number;
}

const WORDS = ['Very weak', 'Weak', 'Not good enough', 'Good', 'Very good'] as const;
const COLOURS = ['bg-broken', 'bg-broken', 'bg-warn', 'bg-kept', 'bg-kept'] as const;

const lengthOf = (password: string): number => Array.from(password.toWellFormed().normalize('NFKC')).length;

const sayRest = (missing: number): string =>
  missing === 1 ? 'One more character.' : `${missing} more characters.`;

const describe = (strength: Strength, missing: number): { word: string; hint: string } => {
  const rest = missing > 0 ? sayRest(missing) : '';
  if (strength === 'measuring') return { word: 'measuring…', hint: rest };
  if (strength === 'unavailable') return { word: 'checked when you send it', hint: rest };
  const score = strength.isCommon ? 0 : strength.score;
  const word = missing > 0 && score > 2 ? 'Too short' : WORDS[score];
  return { word, hint: rest || (strength.hint ?? '') };
};

/** Four bars, a word and a hint. */
export const StrengthMeter = ({ password, context, least }: StrengthMeterProps): ReactElement => {
  const strength = useStrength(password, context);
  const missing = Math.max(0, least - lengthOf(password));
  const { word, hint } = describe(strength, missing);
  const measured = typeof strength === 'string' ? 0 : strength.isCommon ? 0 : strength.score;
  const score = missing > 0 ? Math.min(measured, 2) : measured;
  const filled = typeof strength === 'string' ? 0 : Math.max(1, score);
  return (
    <div className="grid gap-1.5">
      <div
        role="meter"
        aria-label="Strength of the password"
        aria-valuemin={0}
        aria-valuemax={4}
        aria-valuenow={score}
        aria-valuetext={word}
        className="grid grid-cols-4 gap-1"
      >
        {[1, 2, 3, 4].map((bar) => (
          <div key={bar} className={cx('h-1.5 rounded-full', bar <= filled ? COLOURS[score] : 'bg-line')} />
        ))}
      </div>
      <p role="status" className="min-h-10 text-sm text-quiet">
        Strength: <span className="font-medium text-ink">{word}</span>
        {hint === '' ? '' : `. ${hint}`}
      </p>
    </div>
  );
};
