/** How a question of the playground is to be answered. */
import type { ReactElement } from 'react';
import { Checkbox, Select, TextField } from '../../../components/text-field.tsx';
import { FORMATS, type Question } from './question.ts';

const LANGUAGES: readonly (readonly [string, string])[] = [
  ['', 'English'],
  ['native', 'As on the spot'],
  ['ar', 'العربية'],
  ['zh', '中文'],
  ['cs', 'Čeština'],
  ['de', 'Deutsch'],
  ['es', 'Español'],
  ['fr', 'Français'],
  ['it', 'Italiano'],
  ['ja', '日本語'],
  ['nl', 'Nederlands'],
  ['pl', 'Polski'],
  ['pt', 'Português'],
  ['ru', 'Русский'],
  ['uk', 'Українська'],
];

const LIMITS = ['1', '3', '5', '10', '20', '100'] as const;

const FORMAT_NAMES: Readonly<Record<Question['format'], string>> = {
  json: 'JSON',
  geojson: 'GeoJSON',
  xml: 'XML',
  'google-v3-json': "Google's v3 JSON",
};

interface OptionsProps {
  readonly question: Question;
  readonly onChange: (part: Partial<Question>) => void;
}

/** Parameters of the contract, and ours. */
export const Options = ({ question, onChange }: OptionsProps): ReactElement => (
  <div className="grid gap-4">
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
      <Select
        label="Format"
        value={question.format}
        onChange={(format) => onChange({ format })}
        choices={FORMATS.map((value) => ({ value, label: FORMAT_NAMES[value] }))}
      />
      <Select
        label="Language of names"
        value={question.language}
        onChange={(language) => onChange({ language })}
        choices={LANGUAGES.map(([value, label]) => ({ value, label }))}
      />
      <Select
        label="Results at most"
        value={question.limit}
        onChange={(limit) => onChange({ limit })}
        choices={LIMITS.map((value) => ({ value, label: value }))}
      />
      <TextField
        label="Countries"
        value={question.countrycode}
        onChange={(countrycode) => onChange({ countrycode })}
        placeholder="all, or de,at,ch"
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
      />
    </div>
    <div className="flex flex-wrap gap-x-8 gap-y-3">
      <Checkbox
        label="Forgive typing errors"
        checked={question.fuzzy}
        onChange={(fuzzy) => onChange({ fuzzy })}
      />
      <Checkbox
        label="Annotations"
        checked={question.annotations}
        onChange={(annotations) => onChange({ annotations })}
      />
    </div>
  </div>
);
