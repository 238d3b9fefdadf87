/** The fields of a webhook: address, description, events. */
import type { ReactElement } from 'react';
import { fieldError } from '../../../api/problem.ts';
import { Checkbox, TextField } from '../../../components/text-field.tsx';
import { ALL_EVENTS, EVENT_NAMES, type EventName } from './webhook-words.ts';

export interface WebhookValues {
  readonly url: string;
  readonly description: string;
  readonly events: readonly EventName[];
}

interface WebhookFieldsProps {
  readonly value: WebhookValues;
  readonly onChange: (value: WebhookValues) => void;
  readonly problem: unknown;
}

/** Names of the fields, for the form around them. */
export const WEBHOOK_FIELDS: readonly string[] = ['url', 'description', 'events'];

const LONGEST_URL = 1000;
const LONGEST_DESCRIPTION = 200;

/** The fields. */
export const WebhookFields = ({ value, onChange, problem }: WebhookFieldsProps): ReactElement => {
  const eventError = fieldError(problem, 'events');
  return (
    <>
      <TextField
        label="Address"
        hint="Of your program, over https: https://example.com/hooks/vouchsafe. It has to be reachable from the internet."
        name="url"
        inputMode="url"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={LONGEST_URL}
        value={value.url}
        onChange={(url) => onChange({ ...value, url })}
        error={fieldError(problem, 'url')}
      />
      <TextField
        label="Description (optional)"
        name="description"
        maxLength={LONGEST_DESCRIPTION}
        value={value.description}
        onChange={(description) => onChange({ ...value, description })}
        error={fieldError(problem, 'description')}
      />
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 font-medium">What it is told of</legend>
        {ALL_EVENTS.map((event) => (
          <Checkbox
            key={event}
            label={EVENT_NAMES[event]}
            hint={event}
            checked={value.events.includes(event)}
            onChange={(isChosen) =>
              onChange({
                ...value,
                events: isChosen ? [...value.events, event] : value.events.filter((one) => one !== event),
              })
            }
          />
        ))}
        {eventError !== undefined && (
          <p role="alert" className="text-sm text-broken">
            {eventError}
          </p>
        )}
      </fieldset>
    </>
  );
};
