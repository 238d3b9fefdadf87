/** Grey bars where something is about to stand. */
import type { ReactElement } from 'react';

/** `lines` bars; said to screen readers as "Loading". */
export const Skeleton = ({ lines = 3 }: { readonly lines?: number }): ReactElement => (
  <div role="status" className="grid gap-3">
    <span className="sr-only">Loading…</span>
    {Array.from({ length: lines }, (_none, line) => (
      <div key={line} aria-hidden className="h-5 animate-pulse rounded-control bg-line last:w-2/3" />
    ))}
  </div>
);
