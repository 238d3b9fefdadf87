/** Uploads of this person that have not become a version yet. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { read } from '../../../../api/query.ts';
import { DateTime } from '../../../../components/date-time.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { useCompany } from '../../../../shell/company.ts';
import type { UploadState } from './shapes.ts';

const WORDS: Readonly<Record<UploadState['phase'], string>> = {
  arriving: 'has not arrived whole',
  looking: 'is being looked at',
  ready: 'is ready to be loaded',
  unreadable: 'cannot be read as it is',
  loading: 'is being loaded',
  loaded: 'is loaded',
  failed: 'was not loaded',
};

/** A remark with a link to each; nothing where there is none. */
export const OpenUploads = (): ReactElement | null => {
  const { id: company } = useCompany();
  const { data } = useQuery(read('dataset-uploads.list', { params: { company } }));
  const open = data?.items.filter(({ phase }) => phase !== 'loaded') ?? [];
  if (open.length === 0) return null;
  return (
    <div className="mb-8">
      <Notice title={open.length === 1 ? 'One upload is open' : `${open.length} uploads are open`}>
        <ul className="grid gap-1">
          {open.map(({ id, filename, phase, expires_at: end }) => (
            <li key={id}>
              <Link
                className="link wrap-anywhere"
                to="/companies/$company/datasets/new"
                params={{ company }}
                search={{ upload: id }}
              >
                {filename}
              </Link>{' '}
              {WORDS[phase]}; forgotten <DateTime at={end} />.
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
};
