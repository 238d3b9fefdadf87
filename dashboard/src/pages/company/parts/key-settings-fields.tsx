/** The fields of a key's settings: scopes, networks, end, limits. */
import type { ReactElement } from 'react';
import { fieldError } from '../../../api/problem.ts';
import { Checkbox, TextArea, TextField } from '../../../components/text-field.tsx';
import { ALL_SCOPES, NETWORK_FIELDS, SCOPE_NAMES, type KeySettings } from './key-settings.ts';

interface KeySettingsFieldsProps {
  readonly value: KeySettings;
  readonly onChange: (value: KeySettings) => void;
  readonly problem: unknown;
}

/** Names of the fields, for the form around them. */
export const SETTINGS_FIELDS: readonly string[] = [
  ...NETWORK_FIELDS,
  'expires_at',
  'scopes',
  'per_second',
  'per_day',
];

/** The fields. */
export const KeySettingsFields = ({ value, onChange, problem }: KeySettingsFieldsProps): ReactElement => {
  const scopeError = fieldError(problem, 'scopes');
  return (
    <>
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 font-medium">What its secret may do</legend>
        {ALL_SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            label={SCOPE_NAMES[scope]}
            checked={value.scopes.includes(scope)}
            onChange={(isChosen) =>
              onChange({
                ...value,
                scopes: isChosen ? [...value.scopes, scope] : value.scopes.filter((one) => one !== scope),
              })
            }
          />
        ))}
        {scopeError !== undefined && (
          <p role="alert" className="text-sm text-broken">
            {scopeError}
          </p>
        )}
      </fieldset>
      <TextArea
        label="Networks (optional)"
        hint="From where its secret may be used, and its public key in pages, one a line: 192.0.2.0/24 or 2001:db8::/32. Empty: from everywhere."
        name="networks"
        rows={3}
        spellCheck={false}
        value={value.networks}
        onChange={(networks) => onChange({ ...value, networks })}
        error={fieldError(problem, ...NETWORK_FIELDS)}
      />
      <TextField
        label="Last day (optional)"
        hint="It ends by itself after this day, UTC. Empty: never."
        name="expires_at"
        type="date"
        value={value.ends}
        onChange={(ends) => onChange({ ...value, ends })}
        error={fieldError(problem, 'expires_at')}
      />
      <TextField
        label="Requests in a second (optional)"
        hint="How many this key may make. The limit of its project holds as well. Empty: only that one."
        name="per_second"
        type="number"
        min={1}
        step={1}
        value={value.perSecond}
        onChange={(perSecond) => onChange({ ...value, perSecond })}
        error={fieldError(problem, 'per_second')}
      />
      <TextField
        label="Requests in a UTC day (optional)"
        hint="More are refused until the next day. The limits of its project hold as well. Empty: only those."
        name="per_day"
        type="number"
        min={0}
        step={1}
        value={value.perDay}
        onChange={(perDay) => onChange({ ...value, perDay })}
        error={fieldError(problem, 'per_day')}
      />
    </>
  );
};
