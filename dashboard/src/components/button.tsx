/** Buttons, and links that look like one. */
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ButtonHTMLAttributes, ReactElement, ReactNode, Ref } from 'react';
import { cx } from './class-names.ts';

export type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-act text-on-act border-transparent hover:bg-act-strong',
  secondary: 'bg-raised text-ink border-edge hover:bg-sunken',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-sunken',
  danger: 'bg-danger text-on-act border-transparent hover:bg-danger-strong',
};

const shape = (look: Look, small: boolean, wide: boolean): string =>
  cx(
    'relative inline-flex items-center justify-center gap-2 rounded-control border font-medium select-none',
    'transition-colors disabled:cursor-not-allowed disabled:opacity-60 aria-disabled:cursor-progress',
    small ? 'min-h-8 px-2.5 text-sm' : 'min-h-10 px-4',
    wide && 'w-full',
    LOOKS[look],
  );

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'style'> {
  readonly look?: Look;
  readonly small?: boolean;
  readonly wide?: boolean;
  /** While true a click does nothing; the button keeps its focus and its width. */
  readonly pending?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

const Spinner = (): ReactElement => (
  <span
    aria-hidden
    className="absolute size-4 animate-spin rounded-full border-2 border-current border-t-transparent"
  />
);

/** A button. `pending` stops further clicks and says so to screen readers; pair it with `useAction`. */
export const Button = ({
  look = 'secondary',
  small = false,
  wide = false,
  pending = false,
  type = 'button',
  onClick,
  children,
  ...rest
}: ButtonProps): ReactElement => (
  <button
    {...rest}
    type={type}
    className={shape(look, small, wide)}
    // Not `disabled`: that would throw the focus away in the middle of a form.
    aria-disabled={pending || undefined}
    aria-busy={pending || undefined}
    onClick={(event) => {
      if (pending) event.preventDefault();
      else onClick?.(event);
    }}
  >
    {pending && <Spinner />}
    <span className={cx('inline-flex items-center gap-2', pending && 'invisible-but-read')}>{children}</span>
  </button>
);

interface ButtonLinkProps extends LinkProps {
  readonly look?: Look;
  readonly small?: boolean;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A link to another page of the dashboard in a button's clothes. */
export const ButtonLink = ({
  look = 'secondary',
  small = false,
  wide = false,
  ...link
}: ButtonLinkProps): ReactElement => <Link {...link} className={shape(look, small, wide)} />;

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'small' | 'wide' | 'look'> {
  /** What it does, for those who do not see the icon. */
  readonly label: string;
  readonly children: ReactNode;
}

/** A square button with an icon. */
export const IconButton = ({
  label,
  children,
  pending: _pending,
  ...rest
}: IconButtonProps): ReactElement => (
  <button
    type="button"
    {...rest}
    aria-label={label}
    title={label}
    className="inline-flex size-10 items-center justify-center rounded-control text-quiet hover:bg-sunken hover:text-ink"
  >
    {children}
  </button>
);
