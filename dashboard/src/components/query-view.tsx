/** What is shown of a query: bars while it loads, what went wrong, or the thing itself. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { ErrorPanel } from './error-panel.tsx';
import { Skeleton } from './skeleton.tsx';

interface QueryViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

/** Old data stay on screen while newer ones fail to come; the failure stands above them. */
export const QueryView = <Data,>({ query, lines = 3, children }: QueryViewProps<Data>): ReactElement => {
  const { data, error } = query;
  return (
    <>
      {error !== null && <ErrorPanel problem={error} onRetry={() => void query.refetch()} />}
      {data !== undefined && children(data)}
      {data === undefined && error === null && <Skeleton lines={lines} />}
    </>
  );
};
