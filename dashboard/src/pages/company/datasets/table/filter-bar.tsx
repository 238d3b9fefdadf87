/** Search, filters and which columns are shown. */
import { Cross2Icon, PlusIcon } from '@radix-ui/react-icons';
import { useEffect, useId, useState, type FormEvent, type ReactElement } from 'react';
import { Button } from '../../../../components/button.tsx';
import { CONTROL } from '../../../../components/field.tsx';
import { SmallIconButton } from '../../parts/small-icon-button.tsx';
import {
  isSearch,
  isText,
  operatorsOf,
  sayFilter,
  sayOperator,
  takesValue,
  type Column,
  type Filter,
  type Operator,
  type Question,
  type SearchMode,
} from './question.ts';

/** Milliseconds without a key before a search is made. */
const REST_MS = 400;

interface PartProps {
  readonly columns: readonly Column[];
  readonly question: Question;
  readonly onChange: (question: Question) => void;
}

const SearchField = ({ columns, question, onChange }: PartProps): ReactElement => {
  const [text, setText] = useState(question.search);
  const hasTexts = columns.some(isText);
  const label = hasTexts ? 'Search in all text columns' : 'No column of text to search in';
  useEffect(() => {
    if (text === question.search) return undefined;
    const timer = setTimeout(() => onChange({ ...question, search: text }), REST_MS);
    return () => clearTimeout(timer);
  }, [text, question, onChange]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      disabled={!hasTexts}
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      className={CONTROL}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
};

const MODES: readonly (readonly [mode: SearchMode, word: string, hint: string])[] = [
  ['part', 'Any part of a text', 'Capital and small letters are the same; * stands for anything.'],
  ['words', 'Whole words', 'Quotes keep words together, a minus before one leaves out rows that hold it.'],
];

/** How it is looked for, and that everything else counts as before. */
const HowToSearch = ({
  question,
  mode,
  onChange,
}: Omit<PartProps, 'columns'> & { readonly mode: SearchMode }): ReactElement => (
  <fieldset className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
    <legend className="sr-only">What is looked for</legend>
    {MODES.map(([one, word]) => (
      <label key={one} className="flex min-h-8 items-center gap-2">
        <input
          type="radio"
          name="search-mode"
          className="size-4 accent-act"
          checked={one === mode}
          onChange={() => onChange({ ...question, mode: one })}
        />
        {word}
      </label>
    ))}
    <span className="text-quiet">
      {MODES.find(([one]) => one === mode)?.[2]} Filters and order count besides; without an order rows come
      by their number.
    </span>
  </fieldset>
);

const INPUT_TYPES: Readonly<Record<string, string>> = { date: 'date' };

const NewFilter = ({ columns, question, onChange }: PartProps): ReactElement => {
  const id = useId();
  const [name, setName] = useState(columns[0]?.name ?? '');
  const [wanted, setWanted] = useState<Operator | undefined>(undefined);
  const [value, setValue] = useState('');
  const column = columns.find((one) => one.name === name) ?? columns[0];
  if (column === undefined) return <p>There is no column to filter by.</p>;
  const operators = operatorsOf(column);
  const operator = wanted !== undefined && operators.includes(wanted) ? wanted : operators[0];
  const needsValue = operator !== undefined && takesValue(operator);
  const add = (event: FormEvent): void => {
    event.preventDefault();
    if (operator === undefined || (needsValue && value === '')) return;
    onChange({
      ...question,
      filters: [...question.filters, { column: column.name, operator, value: needsValue ? value : '' }],
    });
    setValue('');
  };
  return (
    <form
      aria-label="New filter"
      className="grid items-end gap-3 rounded-card border border-line bg-sunken p-3 sm:grid-cols-[1fr_1fr_1fr_auto]"
      onSubmit={add}
    >
      <label className="grid gap-1 text-sm font-medium" htmlFor={`${id}-column`}>
        Column
        <select
          id={`${id}-column`}
          className={CONTROL}
          value={column.name}
          onChange={(event) => setName(event.target.value)}
        >
          {columns.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
      </label>
      <label className="grid gap-1 text-sm font-medium" htmlFor={`${id}-operator`}>
        Condition
        <select
          id={`${id}-operator`}
          className={CONTROL}
          value={operator}
          onChange={(event) => setWanted(event.target.value as Operator)}
        >
          {operators.map((one) => (
            <option key={one} value={one}>
              {sayOperator(one)}
            </option>
          ))}
        </select>
      </label>
      {needsValue && (
        <label className="grid gap-1 text-sm font-medium" htmlFor={`${id}-value`}>
          {operator === 'in' ? 'Values, with commas' : 'Value'}
          <input
            id={`${id}-value`}
            type={operator === 'in' ? 'text' : (INPUT_TYPES[column.type] ?? 'text')}
            autoComplete="off"
            className={CONTROL}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </label>
      )}
      <Button type="submit" look="primary" disabled={needsValue && value === ''}>
        Apply
      </Button>
    </form>
  );
};

const Chips = ({ question, onChange }: Omit<PartProps, 'columns'>): ReactElement | null =>
  question.filters.length === 0 ? null : (
    <ul aria-label="Filters" className="flex flex-wrap gap-2">
      {question.filters.map((filter: Filter, index) => (
        <li
          key={JSON.stringify([index, filter])}
          className="flex max-w-full items-center rounded-full border border-edge bg-raised pl-3 text-sm"
        >
          <bdi className="truncate">{sayFilter(filter)}</bdi>
          <SmallIconButton
            label={`Remove the filter ${sayFilter(filter)}`}
            onClick={() => onChange({ ...question, filters: question.filters.toSpliced(index, 1) })}
          >
            <Cross2Icon aria-hidden />
          </SmallIconButton>
        </li>
      ))}
    </ul>
  );

/** Everything that narrows the rows. @param mode in which texts are looked through. */
export const FilterBar = ({
  columns,
  question,
  mode,
  onChange,
}: PartProps & { readonly mode: SearchMode }): ReactElement => {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        <div className="min-w-48 flex-1">
          <SearchField columns={columns} question={question} onChange={onChange} />
        </div>
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <PlusIcon aria-hidden /> Filter
        </Button>
      </div>
      {isSearch(question) && <HowToSearch question={question} mode={mode} onChange={onChange} />}
      {isOpen && <NewFilter columns={columns} question={question} onChange={onChange} />}
      <Chips question={question} onChange={onChange} />
    </div>
  );
};
