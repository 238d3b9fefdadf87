/** An index that somebody wants before it is suggested. */
import { useState, type ReactElement } from 'react';
import { fieldError } from '../../../../api/problem.ts';
import { Button } from '../../../../components/button.tsx';
import { ErrorPanel } from '../../../../components/error-panel.tsx';
import { Card } from '../../../../components/page.tsx';
import { Select } from '../../../../components/text-field.tsx';
import { useCompany } from '../../../../shell/company.ts';
import type { Dataset, Index } from '../shapes.ts';
import { isText } from '../table/question.ts';
import { useBuild } from './use-build.ts';
import { canBeIndexed } from './words.ts';

/** No column can be called so: the first sign of a choice is its kind. */
const SEARCH = 's';

interface NewIndexProps {
  readonly dataset: Dataset;
  readonly items: readonly Index[];
}

/** One column, or all texts. Several columns in one index are for the API. */
export const NewIndex = ({ dataset, items }: NewIndexProps): ReactElement => {
  const { id: company } = useCompany();
  const [chosen, setChosen] = useState('');
  const build = useBuild(company, dataset.id);
  const hasSearch = items.some(({ kind }) => kind === 'search');
  const hasAlone = (name: string): boolean =>
    items.some(({ columns }) => columns.length === 1 && columns[0] === name);
  const choices = [
    ...(dataset.columns.some(isText) && !hasSearch
      ? [{ value: SEARCH, label: 'All texts, for search by whole words' }]
      : []),
    ...dataset.columns
      .filter((column) => canBeIndexed(column) && !hasAlone(column.name))
      .map(({ name, type }) => ({ value: `c${name}`, label: `${name} (${type})` })),
  ];
  const value = choices.some((one) => one.value === chosen) ? chosen : (choices[0]?.value ?? '');
  if (choices.length === 0) return <p className="text-quiet">Every column that can have one has one.</p>;
  return (
    <Card>
      <form
        aria-label="Another index"
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void build.run(value === SEARCH ? { search: true } : { columns: [value.slice(1)] });
        }}
      >
        {build.problem !== undefined && fieldError(build.problem, 'columns') === undefined && (
          <ErrorPanel problem={build.problem} />
        )}
        <Select
          label="Of"
          hint="By numbers, times and the like rows are found, compared and ordered quickly; by a text, found when it is the same."
          value={value}
          onChange={setChosen}
          choices={choices}
          error={fieldError(build.problem, 'columns')}
        />
        <div>
          <Button type="submit" pending={build.pending}>
            Build
          </Button>
        </div>
      </form>
    </Card>
  );
};
