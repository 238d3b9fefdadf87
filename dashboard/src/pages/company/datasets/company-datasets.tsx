/** What a company decides about all of its datasets. */
import type { ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Card } from '../../../components/page.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { Checkbox } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { useDatasetSettings } from './calls.ts';
import type { DatasetSettings } from './shapes.ts';

const Switches = ({ settings }: { readonly settings: DatasetSettings }): ReactElement => {
  const { id: company, may } = useCompany();
  const action = useAction(async (body: Partial<DatasetSettings>) => {
    await call('datasets.change-settings', { params: { company }, body });
    await refresh('datasets.settings', 'datasets.sharing', 'audit.list');
    toast('The settings are saved.');
  });
  const isFixed = action.pending || !may('datasets.settings');
  return (
    <Card>
      <div className="grid gap-4">
        <Checkbox
          label="Datasets may be shared with people of other companies"
          hint="Each dataset has a switch of its own besides. Off: nobody outside sees any, whatever was shared before."
          checked={settings.outside}
          disabled={isFixed}
          onChange={(outside) => void action.run({ outside })}
        />
        <Checkbox
          label="Reads are listed in the activity of a dataset"
          hint="Who read which dataset and when, never what. Off: only shares, changes and exports are listed."
          checked={settings.reads_logged}
          disabled={isFixed}
          onChange={(isLogged) => void action.run({ reads_logged: isLogged })}
        />
        {action.problem !== undefined && <ErrorPanel problem={action.problem} />}
      </div>
    </Card>
  );
};

/** The card on the page of settings. */
export const CompanyDatasets = (): ReactElement => {
  const { id: company } = useCompany();
  return (
    <QueryView query={useDatasetSettings(company)} lines={2}>
      {(settings) => <Switches settings={settings} />}
    </QueryView>
  );
};
