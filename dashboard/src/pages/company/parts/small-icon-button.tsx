/** An icon to press inside of a table's row, where the kit's would take too much room. */
import type { ReactElement, ReactNode, Ref } from 'react';

interface SmallIconButtonProps {
  /** What it does, for those who do not see the icon. */
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** 32 pixels square; larger than WCAG 2.5.8 asks for. */
export const SmallIconButton = ({ label, onClick, children, ref }: SmallIconButtonProps): ReactElement => (
  <button
    ref={ref}
    type="button"
    aria-label={label}
    title={label}
    className="inline-flex size-8 flex-none items-center justify-center rounded-control text-quiet hover:bg-sunken hover:text-ink"
    onClick={onClick}
  >
    {children}
  </button>
);
