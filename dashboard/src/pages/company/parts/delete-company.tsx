/** The end of a company. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { read, refresh } from '../../../api/query.ts';
import { Button } from '../../../components/button.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { Card } from '../../../components/page.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { KeptList, StoreTable } from '../../../components/receipt.tsx';
import { useCompany } from '../../../shell/company.ts';
import { sayNumber } from './outcomes.ts';
import { showReceipt } from './receipt-window.tsx';

/** What would go, and the button. */
export const DeleteCompany = (): ReactElement => {
  const { id: company, name } = useCompany();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const plan = useQuery(read('companies.deletion-plan', { params: { company } }));
  const erase = async (): Promise<void> => {
    const { receipt } = await call('companies.delete', { params: { company }, body: { name } });
    // Away from the pages of the company before the session is read without it.
    await navigate({ to: '/account/profile' });
    await refresh('session.show');
    await navigate({ to: '/' });
    showReceipt(name, receipt);
  };
  return (
    <Card>
      <div className="grid gap-4">
        <p>
          The company goes with its projects and keys, at once: within a second no key works. Every table is
          cleared within the hour, and you get a receipt that counts it. This cannot be undone.
        </p>
        <QueryView query={plan}>
          {({ stores, members, kept }) => (
            <div className="grid gap-4">
              <StoreTable caption="What will be erased" stores={stores} />
              <p>
                {members === 1
                  ? 'You are its only member.'
                  : `${sayNumber(members)} members lose access and are told by mail. Their own accounts stay.`}
              </p>
              <KeptList kept={kept} />
            </div>
          )}
        </QueryView>
        <div>
          <Button look="danger" disabled={plan.data === undefined} onClick={() => setAsking(true)}>
            Delete the company
          </Button>
        </div>
      </div>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete ${name}?`}
        confirm="Delete company"
        typeToConfirm={name}
        onConfirm={erase}
      >
        <p>
          All that the list names is erased now. Nobody can bring it back. Export the data first if you need
          them.
        </p>
      </AlertDialog>
    </Card>
  );
};
