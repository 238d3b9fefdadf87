/** What dialogs are drawn with; loaded when the first one opens (`dialog.tsx`), because it is 14 kB gzipped. */
import { Cross2Icon } from '@radix-ui/react-icons';
import * as Alert from 'radix-ui/alert-dialog';
import * as Base from 'radix-ui/dialog';
import { useRef, useState, type ReactElement } from 'react';
import { Button, IconButton } from './button.tsx';
import { Actions, type AlertDialogProps, type DialogProps } from './dialog.tsx';
import { ErrorPanel } from './error-panel.tsx';
import { TextField } from './text-field.tsx';
import { useAction } from './use-action.ts';

const VEIL = 'fixed inset-0 z-40 bg-veil';
const SHEET =
  'fixed inset-x-0 bottom-0 z-50 mx-auto max-h-[92dvh] w-full overflow-y-auto rounded-t-card border border-line ' +
  'bg-raised p-5 shadow-xl animate-appear sm:bottom-auto sm:top-[12vh] sm:max-h-[80vh] sm:max-w-lg sm:rounded-card sm:p-6';

interface FocusKeeping {
  readonly onOpenAutoFocus: (event: Event) => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/**
 * Radix gives the focus back to a trigger of its own only; ours are opened by state. What had the focus when the dialog
 * opened has it again afterwards, or the page's content where that is gone.
 */
const useFocusKeeping = (intoField: boolean): FocusKeeping => {
  const opener = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      opener.current = document.activeElement;
      const content = event.currentTarget instanceof HTMLElement ? event.currentTarget : undefined;
      const field = content?.querySelector<HTMLElement>(
        'input:not([hidden], [type=checkbox]), select, textarea',
      );
      if (!intoField || !field) return;
      event.preventDefault();
      field.focus();
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      const back = opener.current?.isConnected === true ? opener.current : document.querySelector('#main');
      if (back instanceof HTMLElement) back.focus();
    },
  };
};

/** A dialog with a form or a result. Keeps the focus inside and gives it back. */
export const DialogParts = ({
  open,
  onOpenChange,
  title,
  description,
  sticky = false,
  children,
}: DialogProps): ReactElement => {
  const focus = useFocusKeeping(true);
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Overlay className={VEIL} />
        <Base.Content
          className={SHEET}
          {...focus}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onPointerDownOutside={(event) => sticky && event.preventDefault()}
          onEscapeKeyDown={(event) => sticky && event.preventDefault()}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div className="grid gap-1">
              <Base.Title className="text-xl">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description asChild>
                  <div className="text-quiet">{description}</div>
                </Base.Description>
              )}
            </div>
            {!sticky && (
              <Base.Close asChild>
                <IconButton label="Close">
                  <Cross2Icon aria-hidden />
                </IconButton>
              </Base.Close>
            )}
          </div>
          {children}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
};

const AlertBody = (props: AlertDialogProps): ReactElement => {
  const { confirm, typeToConfirm, onConfirm, onOpenChange, look = 'danger' } = props;
  const [typed, setTyped] = useState('');
  const action = useAction(async () => {
    await onConfirm();
    onOpenChange(false);
  });
  const isReady = typeToConfirm === undefined || typed.trim() === typeToConfirm;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void action.run();
      }}
    >
      {typeToConfirm !== undefined && (
        <TextField
          label={`Type “${typeToConfirm}” to confirm`}
          value={typed}
          onChange={setTyped}
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      {action.problem !== undefined && <ErrorPanel problem={action.problem} />}
      <Actions>
        <Alert.Cancel asChild>
          <Button>Cancel</Button>
        </Alert.Cancel>
        <Button type="submit" look={look} pending={action.pending} disabled={!isReady}>
          {confirm}
        </Button>
      </Actions>
    </form>
  );
};

/** Asks before something that is hard or impossible to undo. */
export const AlertDialogParts = (props: AlertDialogProps): ReactElement => {
  const focus = useFocusKeeping(false);
  return (
    <Alert.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Alert.Portal>
        <Alert.Overlay className={VEIL} />
        <Alert.Content className={SHEET} {...focus}>
          <Alert.Title className="mb-2 text-xl">{props.title}</Alert.Title>
          <Alert.Description asChild>
            <div className="mb-4 grid gap-2">{props.children}</div>
          </Alert.Description>
          <AlertBody {...props} />
        </Alert.Content>
      </Alert.Portal>
    </Alert.Root>
  );
};
