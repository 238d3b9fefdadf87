/** All data of a company as a file. */
import type { ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import { Button } from '../../../components/button.tsx';
import { download } from '../../../components/download.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Card } from '../../../components/page.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';

/** The card. */
export const ExportCompany = (): ReactElement => {
  const { id: company } = useCompany();
  const action = useAction(async () => {
    const file = await call('companies.export', { params: { company }, body: {} });
    download(file, 'vouchsafe-company.zip');
    await refresh('audit.list');
    toast('The data of the company are being saved.');
  });
  return (
    <Card>
      <div className="grid gap-4">
        <p>
          Everything that is kept of the company, as JSON and CSV in one zip file: projects, keys and webhooks
          without their secrets, domains, members, counts, logged requests if there are any, the audit log.
          The export is noted in that log.
        </p>
        {action.problem !== undefined && <ErrorPanel problem={action.problem} />}
        <div>
          <Button pending={action.pending} onClick={() => void action.run()}>
            Export all data
          </Button>
        </div>
      </div>
    </Card>
  );
};
