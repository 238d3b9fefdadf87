/** Dialogs: something to fill in, and something to be sure of. */
import type * as Parts from './dialog-parts.tsx';
import { lazy, Suspense, useEffect, useState, type ReactElement, type ReactNode } from 'react';

export interface DialogProps {
  readonly open: boolean;
  /** Called with false when the person closes it (button, Escape, click beside it). */
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: ReactNode;
  /** True while what it shows is shown only once: nothing but its own button closes it. */
  readonly sticky?: boolean;
  readonly children: ReactNode;
}

export interface AlertDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What will happen, in full sentences or a list. */
  readonly children: ReactNode;
  /** What the button does, as a verb: "Revoke key". */
  readonly confirm: string;
  /** Must be typed before the button works, for what cannot be undone. */
  readonly typeToConfirm?: string;
  /** A rejection is shown in the dialog, which stays open; success closes it. */
  readonly onConfirm: () => Promise<unknown>;
  readonly look?: 'danger' | 'primary';
}

/** The row of buttons at a dialog's or form's end; the last one is the main one. */
export const Actions = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <div className="flex flex-col-reverse gap-2 pt-1 sm:flex-row sm:justify-end">{children}</div>
);

const loadParts = (): Promise<typeof Parts> => import('./dialog-parts.tsx');
const DialogParts = lazy(() => loadParts().then((it) => ({ default: it.DialogParts })));
const AlertDialogParts = lazy(() => loadParts().then((it) => ({ default: it.AlertDialogParts })));

/** Milliseconds after which a page that can open a dialog fetches what it is drawn with: no click waits, or fails, for it. */
const SOON = 300;

/** True from the first time on: a dialog that closes has to see that it does, to give the focus back. */
const useEverOpen = (open: boolean): boolean => {
  const [wasOpen, setWasOpen] = useState(open);
  if (open && !wasOpen) setWasOpen(true);
  useEffect(() => {
    const timer = setTimeout(() => void loadParts().catch(() => undefined), SOON);
    return () => clearTimeout(timer);
  }, []);
  return open || wasOpen;
};

/** A dialog with a form or a result. Keeps the focus inside and gives it back. */
export const Dialog = (props: DialogProps): ReactElement | null =>
  useEverOpen(props.open) ? (
    <Suspense>
      <DialogParts {...props} />
    </Suspense>
  ) : null;

/** Asks before something that is hard or impossible to undo. */
export const AlertDialog = (props: AlertDialogProps): ReactElement | null =>
  useEverOpen(props.open) ? (
    <Suspense>
      <AlertDialogParts {...props} />
    </Suspense>
  ) : null;
