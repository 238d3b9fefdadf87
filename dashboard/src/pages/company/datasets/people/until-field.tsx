/** Until when somebody may see a dataset. */
import type { ReactElement } from 'react';
import { TextField } from '../../../../components/text-field.tsx';

interface UntilFieldProps {
  /** `2027-06-30`; empty for no end. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
}

/** The whole of that day counts, by this browser's clock; undefined for no end. */
export const endOf = (day: string): string | undefined =>
  day === '' ? undefined : new Date(`${day}T23:59:59`).toISOString();

const two = (number: number): string => String(number).padStart(2, '0');

/** `2027-06-30T23:59:59Z` as the day of it; empty for none. */
export const dayOf = (moment: string | null): string => {
  if (moment === null) return '';
  const date = new Date(moment);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

/** A day, or none. */
export const UntilField = ({ value, onChange, error }: UntilFieldProps): ReactElement => (
  <TextField
    label="Until"
    hint="The last day. Empty: until somebody takes it away."
    type="date"
    value={value}
    onChange={onChange}
    error={error}
  />
);
