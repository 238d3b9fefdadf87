/** How a file is read: what was found, and what somebody wants otherwise. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../../api/client.ts';
import { fieldError } from '../../../../api/problem.ts';
import { refresh } from '../../../../api/query.ts';
import { Button } from '../../../../components/button.tsx';
import { Form } from '../../../../components/form.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Checkbox, Select, TextField } from '../../../../components/text-field.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { useCompany } from '../../../../shell/company.ts';
import { sayRows } from '../words.ts';
import {
  correctionsBetween,
  DECIMALS,
  DELIMITERS,
  ENCODINGS,
  QUOTES,
  wantedOf,
  type Wanted,
} from './corrections.ts';
import { PlanColumns } from './plan-columns.tsx';
import type { FilePlan } from './shapes.ts';

interface PlanFormProps {
  readonly upload: string;
  readonly plan: FilePlan;
}

interface FieldsProps {
  readonly plan: FilePlan;
  readonly wanted: Wanted;
  readonly onChange: (wanted: Wanted) => void;
}

const Dialect = ({ plan, wanted, onChange }: FieldsProps): ReactElement | null =>
  plan.dialect === undefined ? null : (
    <>
      <Select
        label="Between cells"
        value={wanted.delimiter}
        onChange={(delimiter) => onChange({ ...wanted, delimiter })}
        choices={DELIMITERS}
      />
      <Select
        label="Around cells"
        value={wanted.quote}
        onChange={(quote) => onChange({ ...wanted, quote })}
        choices={QUOTES}
      />
      <Select
        label="In numbers"
        value={wanted.decimal}
        onChange={(decimal) => onChange({ ...wanted, decimal })}
        choices={DECIMALS}
      />
    </>
  );

const Fields = ({ plan, wanted, onChange }: FieldsProps): ReactElement => (
  <div className="grid items-start gap-4 sm:grid-cols-2">
    <Dialect plan={plan} wanted={wanted} onChange={onChange} />
    {plan.encoding !== undefined && (
      <Select
        label="Encoding"
        value={wanted.encoding}
        onChange={(encoding) => onChange({ ...wanted, encoding })}
        choices={ENCODINGS}
      />
    )}
    {plan.sheets !== undefined && plan.sheets.length > 1 && (
      <Select
        label="Sheet"
        value={wanted.sheet}
        onChange={(sheet) => onChange({ ...wanted, sheet })}
        choices={plan.sheets.map((value) => ({ value, label: value }))}
      />
    )}
    {plan.nullWords !== undefined && (
      <TextField
        label="Words for null"
        hint="With commas, such as NA, n/a. A cell with nothing in it is null anyway; two quotes are an empty text."
        value={wanted.nullWords}
        onChange={(nullWords) => onChange({ ...wanted, nullWords })}
        spellCheck={false}
      />
    )}
    <TextField
      label="Key"
      hint={
        plan.keyCandidates === undefined || plan.keyCandidates.length === 0
          ? 'Columns that tell rows apart, with commas. May stay empty.'
          : `Columns that tell rows apart, with commas; each row has its own in: ${plan.keyCandidates.slice(0, 5).join(', ')}.`
      }
      value={wanted.key}
      onChange={(key) => onChange({ ...wanted, key })}
      spellCheck={false}
    />
    {(plan.dialect?.header ?? plan.header) !== undefined && (
      <Checkbox
        label="The first line holds the names"
        checked={wanted.header}
        onChange={(header) => onChange({ ...wanted, header })}
      />
    )}
    {plan.dialect !== undefined && (
      <Checkbox
        label="It is a safe download"
        hint="The apostrophes that such a file has before formulas come off."
        checked={wanted.guarded}
        onChange={(guarded) => onChange({ ...wanted, guarded })}
      />
    )}
  </div>
);

/** The form; give it another `key` with each plan. */
export const PlanForm = ({ upload, plan }: PlanFormProps): ReactElement => {
  const { id: company } = useCompany();
  const [wanted, setWanted] = useState(() => wantedOf(plan));
  const corrections = correctionsBetween(plan, wanted);
  const isSame = Object.keys(corrections).length === 0;
  const action = useAction(async () => {
    await call('dataset-uploads.correct', { params: { company, upload }, body: corrections });
    await refresh('dataset-uploads.state', 'dataset-uploads.plan');
  });
  const problems = plan.problems ?? [];
  return (
    <Form action={action} label="How the file is read">
      <p>
        {plan.format === undefined ? 'Read' : `Read as ${plan.format.toUpperCase()}`}
        {plan.rows === undefined ? '' : `, ${sayRows(plan.rows)}`}. Correct what is not right; every cell
        keeps its digits, zeros and spaces as they are.
      </p>
      {problems.length > 0 && (
        <Notice tone="warn" title="Worth a look">
          <ul className="list-disc pl-5">
            {problems.map((problem) => (
              <li key={JSON.stringify(problem)} className="wrap-anywhere">
                {problem.line !== undefined && `Line ${problem.line}: `}
                {problem.message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Fields plan={plan} wanted={wanted} onChange={setWanted} />
      <PlanColumns
        profile={plan.profile ?? []}
        wanted={wanted.columns}
        isFixed={action.pending}
        onChange={(index, column) =>
          setWanted((before) => ({ ...before, columns: before.columns.with(index, column) }))
        }
      />
      {fieldError(action.problem, 'columns') !== undefined && (
        <p className="text-broken">{fieldError(action.problem, 'columns')}</p>
      )}
      {!isSame && (
        <div className="flex flex-wrap gap-2">
          <Button type="submit" pending={action.pending}>
            Read it so
          </Button>
          <Button look="quiet" onClick={() => setWanted(wantedOf(plan))}>
            As it was found
          </Button>
        </div>
      )}
    </Form>
  );
};
