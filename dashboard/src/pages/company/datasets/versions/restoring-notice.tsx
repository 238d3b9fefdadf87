/** How far a large version is that is being brought back, until it is done. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactElement } from 'react';
import { Notice } from '../../../../components/notice.tsx';
import { useCompany } from '../../../../shell/company.ts';
import { read } from '../../../../api/query.ts';
import { refreshContent } from '../calls.ts';
import type { Restoration } from '../shapes.ts';
import { sayCount } from '../words.ts';

const LOOK_AGAIN_MS = 1500;

const FAILURES: Readonly<Record<NonNullable<Restoration['failure']>, string>> = {
  version_conflict: 'The dataset got another version meanwhile. Look at it, and try again.',
  right_lost: 'You may not change this dataset any more.',
  disk_full: 'The server has no room left. Tell whoever runs it.',
  internal_error: 'Something went wrong on the server. Try again later.',
};

const isOver = (restoration: Restoration | undefined): boolean =>
  restoration?.phase === 'restored' || restoration?.phase === 'failed';

interface RestoringNoticeProps {
  readonly dataset: string;
  /** Its id. */
  readonly restoration: string;
}

/** Looks again until it is over; then the pages of the dataset are read anew. */
export const RestoringNotice = ({ dataset, restoration }: RestoringNoticeProps): ReactElement | null => {
  const { id: company } = useCompany();
  const { data } = useQuery({
    ...read('datasets.restoration', { params: { company, dataset, restoration } }),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : LOOK_AGAIN_MS),
  });
  const phase = data?.phase;
  useEffect(() => {
    if (phase === 'restored') void refreshContent();
  }, [phase]);
  if (data === undefined) return null;
  if (data.phase === 'failed')
    return (
      <Notice tone="bad" title={`Version ${data.number} was not restored`}>
        <p role="alert">{FAILURES[data.failure ?? 'internal_error']} Nothing was changed.</p>
      </Notice>
    );
  return (
    <Notice>
      <p role="status">
        {data.phase === 'restored'
          ? `Version ${data.number} is the newest again, as version ${data.version ?? ''}.`
          : `Version ${data.number} is being restored: ${sayCount(data.rows_done)} of ${sayCount(data.rows)} rows. You can leave this page.`}
      </p>
    </Notice>
  );
};
