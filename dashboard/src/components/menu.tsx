/**
 * A button that opens a list of things to do. The browser's own popover: it closes on Escape and on a click beside it,
 * gives the focus back, and stands above everything; no positioning library (12 kB) is needed under a button.
 */
import { CheckIcon } from '@radix-ui/react-icons';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useId, useRef, type ReactElement, type ReactNode } from 'react';
import { cx } from './class-names.ts';

interface MenuProps {
  /** Inside of the button that opens it. */
  readonly trigger: ReactNode;
  /** What the button is called, for screen readers. */
  readonly label: string;
  readonly align?: 'start' | 'end';
  readonly children: ReactNode;
}

const GAP = 6;

const ITEM =
  'flex w-full items-center gap-2 rounded-control px-3 py-2 text-left hover:bg-sunken focus-visible:-outline-offset-2';

/** Puts the list under its button, or above it where there is no room below. */
const place = (list: HTMLElement, button: HTMLElement, align: 'start' | 'end'): void => {
  const at = button.getBoundingClientRect();
  const isLow = at.bottom + list.offsetHeight + GAP > innerHeight && at.top > list.offsetHeight;
  list.style.top = `${isLow ? at.top - list.offsetHeight - GAP : at.bottom + GAP}px`;
  if (align === 'end') list.style.right = `${Math.max(8, document.documentElement.clientWidth - at.right)}px`;
  else list.style.left = `${Math.max(8, at.left)}px`;
};

/** A button with a list of `MenuItem`s and `MenuLink`s behind it. */
export const Menu = ({ trigger, label, align = 'start', children }: MenuProps): ReactElement => {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-label={label}
        className="inline-flex min-h-10 min-w-10 items-center justify-center gap-2 rounded-control px-2.5 font-medium hover:bg-sunken"
      >
        {trigger}
      </button>
      <div
        id={id}
        popover="auto"
        role="group"
        aria-label={label}
        className="fixed inset-auto m-0 max-h-[75vh] max-w-[calc(100vw-1rem)] min-w-56 overflow-y-auto rounded-card border border-line bg-raised p-1 text-ink shadow-lg open:animate-appear"
        onToggle={(event) => {
          if (event.newState === 'open' && button.current !== null)
            place(event.currentTarget, button.current, align);
        }}
      >
        {children}
      </div>
    </>
  );
};

const close = (item: HTMLElement): void => item.closest<HTMLElement>('[popover]')?.hidePopover();

interface MenuItemProps {
  readonly onSelect: () => void;
  readonly children: ReactNode;
  /** A tick in front, for the one of several that is chosen. */
  readonly checked?: boolean;
}

/** One deed, or one of several choices where `checked` is given. */
export const MenuItem = ({ onSelect, children, checked }: MenuItemProps): ReactElement => (
  <button
    type="button"
    className={ITEM}
    {...(checked === undefined ? {} : { 'aria-pressed': checked })}
    onClick={(event) => {
      close(event.currentTarget);
      onSelect();
    }}
  >
    {checked !== undefined && <CheckIcon aria-hidden className={cx('flex-none', !checked && 'opacity-0')} />}
    {children}
  </button>
);

/** A link to a page of the dashboard. */
export const MenuLink = (link: LinkProps): ReactElement => (
  <Link {...link} className={ITEM} onClick={(event) => close(event.currentTarget)} />
);

/** A line between groups. */
export const MenuLine = (): ReactElement => <hr className="my-1 border-line" />;

/** A word above a group. */
export const MenuLabel = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <div className="px-3 py-1.5 text-sm text-quiet">{children}</div>
);
