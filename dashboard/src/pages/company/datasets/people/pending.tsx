/** What waits for an answer: invitations that were sent, and requests that came. */
import { useState, type ReactElement } from 'react';
import { call, type Body } from '../../../../api/client.ts';
import { refresh } from '../../../../api/query.ts';
import { Button } from '../../../../components/button.tsx';
import { DateTime } from '../../../../components/date-time.tsx';
import { ErrorPanel } from '../../../../components/error-panel.tsx';
import { Section } from '../../../../components/page.tsx';
import { QueryView } from '../../../../components/query-view.tsx';
import { Table } from '../../../../components/table.tsx';
import { Select } from '../../../../components/text-field.tsx';
import { toast } from '../../../../components/toast.tsx';
import { useCompany } from '../../../../shell/company.ts';
import { useInvitations, useRequests } from '../calls.ts';
import type { Invitation, Request } from '../shapes.ts';
import { sayRight } from '../words.ts';
import { RIGHTS } from './share-dialog.tsx';
import { useSharingAction } from './use-sharing-action.ts';

const Withdraw = ({
  dataset,
  invitation,
}: {
  readonly dataset: string;
  readonly invitation: Invitation;
}): ReactElement => {
  const { id: company } = useCompany();
  const action = useSharingAction(async () => {
    await call('datasets.withdraw-invitation', {
      params: { company, dataset, invitation: invitation.id },
    });
    await refresh('datasets.invitations', 'datasets.activity');
    toast(`The invitation to ${invitation.email} is withdrawn.`);
  });
  return (
    <>
      <Button
        small
        aria-label={`Withdraw the invitation to ${invitation.email}`}
        pending={action.pending}
        onClick={() => void action.run()}
      >
        Withdraw
      </Button>
      {action.problem !== undefined && <ErrorPanel problem={action.problem} />}
    </>
  );
};

/** Invitations that nobody has accepted yet; nothing where there is none. */
export const OpenInvitations = ({ dataset }: { readonly dataset: string }): ReactElement | null => {
  const { id: company } = useCompany();
  const invitations = useInvitations(company, dataset);
  if (invitations.data?.items.length === 0) return null;
  return (
    <Section title="Invited">
      <QueryView query={invitations} lines={2}>
        {({ items }) => (
          <Table
            caption="Open invitations"
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              { header: 'Address', cell: ({ email }) => email },
              { header: 'Right', cell: ({ right }) => sayRight(right) },
              { header: 'Until', cell: ({ until }) => <DateTime at={until} never="No end" /> },
              { header: 'Expires', cell: ({ expires_at: end }) => <DateTime at={end} /> },
              {
                header: 'Actions',
                actions: true,
                cell: (invitation) => <Withdraw dataset={dataset} invitation={invitation} />,
              },
            ]}
          />
        )}
      </QueryView>
    </Section>
  );
};

const Decide = ({ request }: { readonly request: Request }): ReactElement => {
  const { id: company } = useCompany();
  const [right, setRight] = useState(request.right);
  const who = request.name ?? request.email;
  const decide = async (body: Body<'datasets.decide'>, word: string): Promise<void> => {
    await call('datasets.decide', { params: { company, request: request.id }, body });
    await refresh('datasets.requests', 'datasets.people', 'datasets.grants', 'datasets.activity');
    toast(word);
  };
  const grant = useSharingAction(() => decide({ decision: 'grant', right }, `${who} has it now.`));
  const refuse = useSharingAction(() => decide({ decision: 'refuse' }, `${who} is told that you refused.`));
  const problem = grant.problem ?? refuse.problem;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-44">
          <Select label={`Right for ${who}`} value={right} onChange={setRight} choices={RIGHTS} />
        </div>
        <Button look="primary" pending={grant.pending} onClick={() => void grant.run()}>
          Grant
        </Button>
        <Button pending={refuse.pending} onClick={() => void refuse.run()}>
          Refuse
        </Button>
      </div>
      {problem !== undefined && <ErrorPanel problem={problem} />}
    </div>
  );
};

/** People who ask for access; nothing where nobody does. */
export const OpenRequests = ({ dataset }: { readonly dataset: string }): ReactElement | null => {
  const { id: company } = useCompany();
  const requests = useRequests(company, dataset);
  if (requests.data?.items.length === 0) return null;
  return (
    <Section title="Asking for access">
      <QueryView query={requests} lines={2}>
        {({ items }) => (
          <ul className="grid gap-3">
            {items.map((request) => (
              <li key={request.id} className="grid gap-3 rounded-card border border-line bg-raised p-4">
                <p className="wrap-anywhere">
                  <strong>{request.name ?? request.email}</strong>
                  {request.name !== null && ` (${request.email})`} of {request.company_name} asks to{' '}
                  {request.right === 'modify' ? 'modify' : 'read'} it, <DateTime at={request.created_at} />.
                </p>
                <Decide request={request} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Section>
  );
};
