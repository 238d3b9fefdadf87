/** Ends one's own membership. */
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Member } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { Card } from '../../../components/page.tsx';
import { toast } from '../../../components/toast.tsx';
import { useCompany } from '../../../shell/company.ts';

/** The card; the last owner is told what to do first. */
export const LeaveCompany = ({ members }: { readonly members: readonly Member[] }): ReactElement => {
  const { id: company, name, role } = useCompany();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const isLastOwner = role === 'owner' && members.filter((member) => member.role === 'owner').length === 1;
  const leave = async (): Promise<void> => {
    await call('members.leave', { params: { company } });
    await navigate({ to: '/account/profile' });
    await refresh('session.show');
    await navigate({ to: '/' });
    toast(`You have left ${name}.`);
  };
  return (
    <Card>
      <div className="grid gap-4">
        {isLastOwner ? (
          <p>
            You are the only owner, and a company keeps one: make somebody else an owner first, or delete the
            company in its settings.
          </p>
        ) : (
          <>
            <p>You lose access at once. To come back you need a new invitation.</p>
            <div>
              <Button onClick={() => setAsking(true)}>Leave {name}</Button>
            </div>
          </>
        )}
      </div>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Leave ${name}?`}
        confirm="Leave company"
        onConfirm={leave}
      >
        <p>
          You lose access at once, and invitations that you sent are withdrawn. Keys that you made go on
          working.
        </p>
      </AlertDialog>
    </Card>
  );
};
