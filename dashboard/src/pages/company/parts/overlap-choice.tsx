/** How long both secrets of a key work after it has got a new one. */
import type { ReactElement } from 'react';
import { Select } from '../../../components/text-field.tsx';

/** Hours that both secrets work. */
const OVERLAPS = [
  { value: '0', label: 'Not at all: it ends now' },
  { value: '1', label: '1 hour' },
  { value: '24', label: '24 hours' },
  { value: '72', label: '3 days' },
  { value: '168', label: '7 days' },
] as const;

export type Overlap = (typeof OVERLAPS)[number]['value'];

/** What is chosen until somebody chooses: none where others may have seen the secret. */
export const usualOverlap = ({ exposed_at: at }: { readonly exposed_at: string | null }): Overlap =>
  at === null ? '24' : '0';

const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

const explain = (hours: number): string =>
  hours === 0
    ? 'The secret that you use now stops working at once. Choose this when somebody else may have it.'
    : `Both secrets work until about ${WHEN.format(Date.now() + hours * 3_600_000)}. Put the new one in place by then.`;

interface OverlapChoiceProps {
  readonly value: Overlap;
  readonly onChange: (value: Overlap) => void;
}

/** The choice, with what it means. */
export const OverlapChoice = ({ value, onChange }: OverlapChoiceProps): ReactElement => (
  <Select
    label="How long the present secret goes on working"
    hint={explain(Number(value))}
    value={value}
    onChange={onChange}
    choices={OVERLAPS}
  />
);
