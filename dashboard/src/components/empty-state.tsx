/** Nothing here yet: what this place is for, what to do next, and the call that does it. */
import type { ReactElement, ReactNode } from 'react';
import { CodeBlock } from './code-block.tsx';

interface EmptyStateProps {
  readonly title: string;
  /** What to do next, in a sentence. */
  readonly next: ReactNode;
  /** The button that does it. */
  readonly action?: ReactNode;
  /** A curl line that does the same, or the first call to make. */
  readonly curl?: string;
}

/** Stands in place of an empty table or chart. */
export const EmptyState = ({ title, next, action, curl }: EmptyStateProps): ReactElement => (
  <div className="grid justify-items-center gap-4 rounded-card border border-dashed border-edge px-5 py-8 text-center">
    <div className="grid max-w-lg gap-1.5">
      {/* No heading: it stands under headings of any level. */}
      <p className="font-serif text-lg font-semibold">{title}</p>
      <p className="text-quiet">{next}</p>
    </div>
    {action}
    {curl !== undefined && (
      <div className="w-full max-w-2xl">
        <CodeBlock code={curl} what="curl command" />
      </div>
    )}
  </div>
);
