/** A form: sends once, leads to the first field that is wrong, shows what else is wrong above the button. */
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { fieldOf } from '../api/problem.ts';
import { ErrorPanel } from './error-panel.tsx';
import type { Action } from './use-action.ts';

interface FormProps {
  readonly action: Action<[]>;
  /** Names of fields that show their own error; problems with any other field show above the button. */
  readonly fields?: readonly string[];
  readonly label?: string;
  readonly children: ReactNode;
}

/** Runs `action` on submit. The browser's own checks stay off: their words are not ours. */
export const Form = ({ action, fields = [], label, children }: FormProps): ReactElement => {
  const form = useRef<HTMLFormElement>(null);
  const { problem } = action;
  const field = fieldOf(problem);
  const isOfField = field !== undefined && fields.includes(field);
  useEffect(() => {
    if (isOfField) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [isOfField, problem]);
  return (
    <form
      ref={form}
      noValidate
      aria-label={label}
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void action.run();
      }}
    >
      {problem !== undefined && !isOfField && <ErrorPanel problem={problem} />}
      {children}
    </form>
  );
};
