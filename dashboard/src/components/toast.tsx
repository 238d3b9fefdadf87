/** Short words that something was done. Never the only place where something is said that matters. */
import { CheckIcon, Cross2Icon } from '@radix-ui/react-icons';
import { useEffect, useSyncExternalStore, type ReactElement } from 'react';
import { IconButton } from './button.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
}

/** Milliseconds: long enough to read twice. */
const SHOWN_FOR = 6_000;

let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

const set = (next: readonly Toast[]): void => {
  toasts = next;
  for (const listener of listeners) listener();
};

const dismiss = (id: number): void => set(toasts.filter((toast) => toast.id !== id));

/** Shows a sentence at the foot of the page and reads it out: "Key revoked." At most three at once. */
export const toast = (text: string): void => set([...toasts.slice(-2), { id: (count += 1), text }]);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const ToastCard = ({ id, text }: Toast): ReactElement => {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <li className="pointer-events-auto flex animate-appear items-center gap-3 rounded-card border border-line bg-raised py-1 pr-1 pl-4 shadow-lg">
      <CheckIcon aria-hidden className="flex-none text-kept" />
      <span className="min-w-0 flex-1 wrap-anywhere">{text}</span>
      <IconButton label="Dismiss" onClick={() => dismiss(id)}>
        <Cross2Icon aria-hidden />
      </IconButton>
    </li>
  );
};

/** Where toasts appear; stands once, in the frame of all pages. */
export const Toaster = (): ReactElement => {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-3 z-60 sm:left-auto sm:w-96"
    >
      <ul className="grid gap-2">
        {shown.map((item) => (
          <ToastCard key={item.id} {...item} />
        ))}
      </ul>
    </div>
  );
};
