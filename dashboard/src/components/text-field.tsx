/** One line of text, several lines, a choice from few, and yes or no. */
import type { InputHTMLAttributes, ReactElement, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react';
import { CONTROL, Field, type FieldTexts } from './field.tsx';

type Native<Attributes> = Omit<Attributes, 'id' | 'className' | 'style' | 'onChange' | 'value'>;

interface Valued {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

type TextFieldProps = FieldTexts & Valued & Native<InputHTMLAttributes<HTMLInputElement>>;

/** One line of text. */
export const TextField = ({
  label,
  hint,
  error,
  aside,
  onChange,
  ...input
}: TextFieldProps): ReactElement => (
  <Field label={label} hint={hint} error={error} aside={aside}>
    {(ties) => (
      <input
        type="text"
        autoComplete="off"
        {...input}
        {...ties}
        className={CONTROL}
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Field>
);

type TextAreaProps = FieldTexts & Valued & Native<TextareaHTMLAttributes<HTMLTextAreaElement>>;

/** Several lines of text. */
export const TextArea = ({ label, hint, error, aside, onChange, ...input }: TextAreaProps): ReactElement => (
  <Field label={label} hint={hint} error={error} aside={aside}>
    {(ties) => (
      <textarea
        rows={4}
        {...input}
        {...ties}
        className={`${CONTROL} py-2`}
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Field>
);

interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface SelectProps<Value extends string>
  extends FieldTexts, Native<SelectHTMLAttributes<HTMLSelectElement>> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: readonly Choice<Value>[];
}

/** A choice from few. The browser's own control: it is right for keyboards, screen readers and small screens. */
export const Select = <Value extends string>({
  label,
  hint,
  error,
  aside,
  onChange,
  choices,
  ...select
}: SelectProps<Value>): ReactElement => (
  <Field label={label} hint={hint} error={error} aside={aside}>
    {(ties) => (
      <select
        {...select}
        {...ties}
        className={CONTROL}
        onChange={(event) => onChange(event.target.value as Value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    )}
  </Field>
);

interface CheckboxProps {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}

/** Yes or no. */
export const Checkbox = ({
  label,
  hint,
  checked,
  onChange,
  disabled = false,
}: CheckboxProps): ReactElement => (
  <label className="flex items-start gap-3">
    <input
      type="checkbox"
      className="mt-1 size-4 accent-act"
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
    />
    <span>
      <span className="block font-medium">{label}</span>
      {hint !== undefined && <span className="block text-sm text-quiet">{hint}</span>}
    </span>
  </label>
);
