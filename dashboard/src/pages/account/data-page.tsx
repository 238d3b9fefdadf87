/** One's data: take them along, or have them erased. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call, type Reply } from '../../api/client.ts';
import { queryClient, read } from '../../api/query.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { AlertDialog } from '../../components/dialog.tsx';
import { download } from '../../components/download.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Card, PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { KeptList, StoreTable } from '../../components/receipt.tsx';
import { Table } from '../../components/table.tsx';
import { toast } from '../../components/toast.tsx';
import { useAction } from '../../components/use-action.ts';
import { keepReceipt } from '../../shell/farewell.ts';
import { useSession } from '../../shell/frame.tsx';

const ExportCard = (): ReactElement => {
  const action = useAction(async () => {
    const file = await call('account.export', { body: {} });
    download(file, 'vouchsafe-account.zip');
    toast('Your data are being saved.');
  });
  return (
    <Card>
      <div className="grid gap-4">
        <p>
          Everything that is kept about you, as JSON and CSV in one zip file. It holds no password and no key.
        </p>
        {action.problem !== undefined && <ErrorPanel problem={action.problem} />}
        <div>
          <Button pending={action.pending} onClick={() => void action.run()}>
            Export my data
          </Button>
        </div>
      </div>
    </Card>
  );
};

const Plan = ({ plan }: { readonly plan: Reply<'account.deletion-plan'> }): ReactElement => (
  <div className="grid gap-4">
    {plan.companies.length > 0 && (
      <Table
        caption="Your companies"
        rows={plan.companies}
        rowKey={({ id }) => id}
        columns={[
          { header: 'Company', cell: ({ name }) => name },
          {
            header: 'What happens',
            cell: ({ fate }) =>
              fate === 'deleted' ? (
                <Badge tone="bad">Deleted with its projects and keys</Badge>
              ) : (
                <Badge>You leave it</Badge>
              ),
          },
          { header: 'Members', cell: ({ members }) => members, numeric: true },
        ]}
      />
    )}
    <StoreTable caption="What is erased" stores={plan.stores} />
    <KeptList kept={plan.kept} />
  </div>
);

const DeleteCard = (): ReactElement => {
  const { user } = useSession();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const plan = useQuery(read('account.deletion-plan'));
  const erase = async (): Promise<void> => {
    const { receipt } = await call('account.delete', { body: { email: user.email } });
    keepReceipt(receipt);
    await navigate({ to: '/goodbye' });
    queryClient.clear();
  };
  return (
    <Card>
      <div className="grid gap-4">
        <p>
          Sessions and keys end at once. Everything else is erased within the hour, and you get a receipt that
          counts it. This cannot be undone.
        </p>
        <QueryView query={plan}>{(data) => <Plan plan={data} />}</QueryView>
        <div>
          <Button look="danger" disabled={plan.data === undefined} onClick={() => setAsking(true)}>
            Delete my account
          </Button>
        </div>
      </div>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Delete your account?"
        confirm="Delete my account"
        typeToConfirm={user.email}
        onConfirm={erase}
      >
        <p>Your account and what the list names are deleted now. Nobody can bring them back.</p>
      </AlertDialog>
    </Card>
  );
};

/** The page. */
export const DataPage = (): ReactElement => (
  <>
    <PageHeader title="Your data" lead="Take everything along, or leave, whenever you like." />
    <Section title="Export">
      <ExportCard />
    </Section>
    <Section title="Delete your account">
      <DeleteCard />
    </Section>
  </>
);
