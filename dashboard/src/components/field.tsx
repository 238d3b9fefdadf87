/** What a field has around it: label, hint and error, tied together for screen readers. */
import { useId, type ReactElement, type ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface FieldTexts {
  readonly label: string;
  /** What to enter, before anything is wrong. */
  readonly hint?: ReactNode;
  /** What is wrong with what was entered. */
  readonly error?: string | undefined;
  /** Shown to the right of the label: a link, a remark. */
  readonly aside?: ReactNode;
}

/** What goes on the control itself. */
export interface ControlTies {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export const CONTROL =
  'w-full min-h-10 rounded-control border border-edge bg-raised px-3 text-ink placeholder:text-quiet ' +
  'aria-invalid:border-broken disabled:opacity-60';

interface FieldProps extends FieldTexts {
  readonly children: (ties: ControlTies) => ReactNode;
}

/** Frame of every field; `children` gets the attributes that the control must carry. */
export const Field = ({ label, hint, error, aside, children }: FieldProps): ReactElement => {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = cx(error !== undefined && errorId, hint !== undefined && hintId);
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {aside !== undefined && <span className="text-sm">{aside}</span>}
      </div>
      {children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {/* The live region stands before the error comes, so that it is read out. */}
      <p id={errorId} role="status" className={cx('text-sm text-broken', error === undefined && 'hidden')}>
        {error}
      </p>
      {hint !== undefined && (
        <div id={hintId} className="text-sm text-quiet">
          {hint}
        </div>
      )}
    </div>
  );
};
