/** What went wrong, in plain words, and what to do. */
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';
import type { ReactElement } from 'react';
import { describeProblem } from '../api/sentences.ts';
import { Button } from './button.tsx';

interface ErrorPanelProps {
  readonly problem: unknown;
  /** Offered as "Try again". */
  readonly onRetry?: () => void;
}

/** A problem as a panel; read out when it comes. */
export const ErrorPanel = ({ problem, onRetry }: ErrorPanelProps): ReactElement => {
  const { what, next } = describeProblem(problem);
  return (
    <div role="alert" className="flex gap-3 rounded-card border border-broken bg-broken-ground px-4 py-3">
      <ExclamationTriangleIcon aria-hidden className="mt-1 size-4 flex-none text-broken" />
      <div className="grid min-w-0 gap-1">
        <p className="font-medium">{what}</p>
        <p>{next}</p>
        {onRetry !== undefined && (
          <p className="pt-1">
            <Button small onClick={onRetry}>
              Try again
            </Button>
          </p>
        )}
      </div>
    </div>
  );
};
