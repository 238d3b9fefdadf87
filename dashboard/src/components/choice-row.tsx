/** A choice from few, all of them in sight: languages of a program, ways to put something into a page. */
import type { ReactElement } from 'react';
import { cx } from './class-names.ts';

interface ChoiceRowProps<Value extends string> {
  /** What is chosen, for screen readers. */
  readonly legend: string;
  readonly choices: readonly Value[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** Radio buttons that look like tabs: arrow keys go from one to the next. */
export const ChoiceRow = <Value extends string>({
  legend,
  choices,
  value,
  onChange,
}: ChoiceRowProps<Value>): ReactElement => (
  <fieldset>
    <legend className="sr-only">{legend}</legend>
    <div className="flex flex-wrap gap-1">
      {choices.map((one) => (
        <label
          key={one}
          className={cx(
            'cursor-pointer rounded-control px-3 py-2 has-focus-visible:outline-3 has-focus-visible:outline-link',
            one === value ? 'bg-sunken font-medium' : 'text-quiet hover:text-ink',
          )}
        >
          <input
            type="radio"
            name={legend}
            className="sr-only"
            checked={one === value}
            onChange={() => onChange(one)}
          />
          {one}
        </label>
      ))}
    </div>
  </fieldset>
);
