/** Whether pages of the developer's own machine may call. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { readLive, refresh } from '../../../api/query.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Card, Section } from '../../../components/page.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { Checkbox } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';

const Switch = ({ project, isOn }: { readonly project: string; readonly isOn: boolean }): ReactElement => {
  const { id: company, may } = useCompany();
  const turn = useAction(async () => {
    await call('domains.change', { params: { company, project }, body: { allow_localhost: !isOn } });
    await refresh('domains.list', 'audit.list');
    toast(isOn ? 'Pages of localhost are refused.' : 'Pages of localhost may call.');
  });
  return (
    <div className="grid gap-4">
      <Checkbox
        label="Let pages of localhost call"
        hint="localhost, 127.0.0.1 and [::1], on any port, over http too. Everybody has a localhost: switch it off where the project is in use."
        checked={isOn}
        disabled={!may('domains.change') || turn.pending}
        onChange={() => void turn.run()}
      />
      {turn.problem !== undefined && <ErrorPanel problem={turn.problem} />}
    </div>
  );
};

/** The switch with its section. */
export const DomainSwitch = ({ project }: { readonly project: string }): ReactElement => {
  const { id: company } = useCompany();
  const domains = useQuery(readLive('domains.list', { params: { company, project } }));
  return (
    <Section title="While you develop">
      <Card>
        <QueryView query={domains}>
          {(data) => <Switch project={project} isOn={data.allow_localhost} />}
        </QueryView>
      </Card>
    </Section>
  );
};
