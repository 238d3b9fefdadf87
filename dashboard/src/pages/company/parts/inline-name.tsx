/** A name that is changed where it stands. */
import { Pencil1Icon } from '@radix-ui/react-icons';
import { useEffect, useId, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { fieldError } from '../../../api/problem.ts';
import { describeProblem } from '../../../api/sentences.ts';
import { Button } from '../../../components/button.tsx';
import { CONTROL } from '../../../components/field.tsx';
import { useAction } from '../../../components/use-action.ts';
import { SmallIconButton } from './small-icon-button.tsx';

interface InlineNameProps {
  readonly name: string;
  /** What has the name, for screen readers: "key". */
  readonly what: string;
  readonly maxLength: number;
  readonly save: (name: string) => Promise<unknown>;
  readonly mayRename: boolean;
  /** The name as it is shown when it is not being changed. */
  readonly children: ReactNode;
}

interface EditorProps extends Pick<InlineNameProps, 'name' | 'what' | 'maxLength' | 'save'> {
  readonly onDone: () => void;
}

const Editor = ({ name, what, maxLength, save, onDone }: EditorProps): ReactElement => {
  const [value, setValue] = useState(name);
  const errorId = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const action = useAction(async () => {
    if (value.trim() !== name) await save(value.trim());
    onDone();
  });
  const hasFailed = action.problem !== undefined;
  const { what: problem, next } = describeProblem(action.problem);
  return (
    <form
      noValidate
      aria-label={`Rename ${what}`}
      className="grid min-w-40 gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone();
      }}
    >
      <input
        ref={input}
        aria-label={`Name of the ${what}`}
        aria-invalid={hasFailed || undefined}
        aria-describedby={hasFailed ? errorId : undefined}
        autoComplete="off"
        maxLength={maxLength}
        className={CONTROL}
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <span id={errorId} role="status" className="text-sm font-normal text-broken">
        {hasFailed && (fieldError(action.problem, 'name') ?? `${problem} ${next}`)}
      </span>
      <span className="flex gap-2">
        <Button type="submit" look="primary" small pending={action.pending}>
          Save
        </Button>
        <Button small onClick={onDone}>
          Cancel
        </Button>
      </span>
    </form>
  );
};

/** The name with a pencil; then a field with Save and Cancel. Enter saves, Escape leaves it as it was. */
export const InlineName = ({ mayRename, children, ...editing }: InlineNameProps): ReactElement => {
  const [isOpen, setOpen] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) pencil.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (isOpen && mayRename) return <Editor {...editing} onDone={() => setOpen(false)} />;
  return (
    <span className="flex min-w-0 items-center gap-1">
      <span className="min-w-0 wrap-anywhere sm:wrap-break-word">{children}</span>
      {mayRename && (
        <SmallIconButton
          ref={pencil}
          label={`Rename ${editing.what} ${editing.name}`}
          onClick={() => setOpen(true)}
        >
          <Pencil1Icon aria-hidden />
        </SmallIconButton>
      )}
    </span>
  );
};
