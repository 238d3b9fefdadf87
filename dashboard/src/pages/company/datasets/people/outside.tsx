/** Whether a dataset may be shared with people of other companies. */
import type { ReactElement } from 'react';
import { call } from '../../../../api/client.ts';
import { refresh } from '../../../../api/query.ts';
import { ErrorPanel } from '../../../../components/error-panel.tsx';
import { Card, Section } from '../../../../components/page.tsx';
import { QueryView } from '../../../../components/query-view.tsx';
import { Checkbox } from '../../../../components/text-field.tsx';
import { toast } from '../../../../components/toast.tsx';
import { useCompany } from '../../../../shell/company.ts';
import { useSharing } from '../calls.ts';
import type { Sharing } from '../shapes.ts';
import { useSharingAction } from './use-sharing-action.ts';

const peopleOf = (count: number): string =>
  count === 1 ? 'One person of another company' : `${count} people of other companies`;

const hintOf = ({
  company_allows: allows,
  shared_outside: isShared,
  people_outside: people,
}: Sharing): string => {
  if (!allows)
    return 'The company does not allow it: an owner can change that in the settings of the company.';
  if (people === 0) return 'Only to people who are named here, and only as long as this is on.';
  return isShared
    ? `${peopleOf(people)} may use it. Switching this off shuts them out with their next request.`
    : `${peopleOf(people)} could use it again as soon as this is on.`;
};

const Switch = ({
  dataset,
  sharing,
}: {
  readonly dataset: string;
  readonly sharing: Sharing;
}): ReactElement => {
  const { id: company } = useCompany();
  const action = useSharingAction(async (isShared: boolean) => {
    await call('datasets.change-sharing', {
      params: { company, dataset },
      body: { shared_outside: isShared },
    });
    await refresh('datasets.sharing', 'datasets.people', 'datasets.grants', 'datasets.activity');
    toast(isShared ? 'It may be shared with other companies.' : 'It stays in the company.');
  });
  return (
    <Card>
      <Checkbox
        label="May be shared with people of other companies"
        hint={hintOf(sharing)}
        checked={sharing.shared_outside}
        disabled={action.pending || (!sharing.company_allows && !sharing.shared_outside)}
        onChange={(isShared) => void action.run(isShared)}
      />
      {action.problem !== undefined && <ErrorPanel problem={action.problem} />}
    </Card>
  );
};

/** The switch. */
export const Outside = ({ dataset }: { readonly dataset: string }): ReactElement => {
  const { id: company } = useCompany();
  const sharing = useSharing(company, dataset);
  return (
    <Section title="Other companies">
      <QueryView query={sharing} lines={2}>
        {(data) => <Switch dataset={dataset} sharing={data} />}
      </QueryView>
    </Section>
  );
};
