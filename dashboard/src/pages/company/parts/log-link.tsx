/** Whether a project's requests are logged, and the way to its log. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { readLive } from '../../../api/query.ts';
import { Badge } from '../../../components/badge.tsx';
import { ButtonLink } from '../../../components/button.tsx';
import { Card } from '../../../components/page.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useCompany } from '../../../shell/company.ts';
import { sayDays } from './log-words.ts';
import { WhoMay } from './who-may.tsx';

const State = ({ project }: { readonly project: string }): ReactElement => {
  const { id: company } = useCompany();
  const log = useQuery(readLive('logs.list', { params: { company, project }, query: { limit: 1 } }));
  return (
    <QueryView query={log} lines={1}>
      {({ logging: { days, queries } }) => (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p>
            {days === null ? (
              'Off. Requests are counted, and none is written down.'
            ) : (
              <>
                <Badge tone="warn">On</Badge> Requests are kept for {sayDays(days)},{' '}
                {queries ? 'with what was asked.' : 'without what was asked.'}
              </>
            )}
          </p>
          <ButtonLink to="/companies/$company/projects/$project/log" params={{ company, project }}>
            Open the log
          </ButtonLink>
        </div>
      )}
    </QueryView>
  );
};

/** The card; for those who may not read it, who may. */
export const LogLink = ({ project }: { readonly project: string }): ReactElement => {
  const { may } = useCompany();
  return may('logs.read') ? (
    <Card>
      <State project={project} />
    </Card>
  ) : (
    <WhoMay permission="logs.read" deed="see logged requests" />
  );
};
