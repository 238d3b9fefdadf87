/** A password: shown on demand, pasted freely, measured while typing where it is a new one. */
import { EyeClosedIcon, EyeOpenIcon } from '@radix-ui/react-icons';
import { useState, type ReactElement } from 'react';
import { StrengthMeter } from '../strength/strength-meter.tsx';
import { CONTROL, Field, type FieldTexts } from './field.tsx';

/** Characters that a password needs where it is the only proof, and where a second factor stands beside it. */
export const LEAST_ALONE = 15;
export const LEAST_WITH_SECOND_FACTOR = 8;

interface PasswordFieldProps extends FieldTexts {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** `new-password` brings the strength meter and the browser's generator. */
  readonly autoComplete: 'current-password' | 'new-password';
  /** Words that must not carry the password: e-mail address, names. */
  readonly context?: readonly string[];
  readonly name?: string;
  /** Characters that a new password needs at least. */
  readonly least?: number;
}

/** A password field. */
export const PasswordField = ({
  label,
  hint,
  error,
  aside,
  value,
  onChange,
  autoComplete,
  context = [],
  name = 'password',
  least = LEAST_ALONE,
}: PasswordFieldProps): ReactElement => {
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOpenIcon : EyeClosedIcon;
  return (
    <div className="grid gap-3">
      <Field label={label} hint={hint} error={error} aside={aside}>
        {(ties) => (
          <div className="relative">
            <input
              {...ties}
              type={isShown ? 'text' : 'password'}
              name={name}
              autoComplete={autoComplete}
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              className={`${CONTROL} pr-11`}
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
            <button
              type="button"
              aria-label="Show password"
              aria-pressed={isShown}
              onClick={() => setShown(!isShown)}
              className="absolute inset-y-0 right-0 flex w-10 items-center justify-center text-quiet hover:text-ink"
            >
              <Icon aria-hidden />
            </button>
          </div>
        )}
      </Field>
      {autoComplete === 'new-password' && value !== '' && (
        <StrengthMeter password={value} context={context} least={least} />
      )}
    </div>
  );
};
