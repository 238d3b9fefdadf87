/** Whether all members need a second factor. */
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Company } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { Card } from '../../../components/page.tsx';
import { toast } from '../../../components/toast.tsx';
import { useCompany } from '../../../shell/company.ts';
import { useSession } from '../../../shell/frame.tsx';

/** The card: on or off, what it means, and why it cannot be switched on. */
export const RequireFactor = ({ company }: { readonly company: Company }): ReactElement => {
  const { may } = useCompany();
  const { second_factor: isStrong } = useSession();
  const [isAsking, setAsking] = useState(false);
  const isOn = company.require_second_factor;
  const change = async (): Promise<void> => {
    const body = { require_second_factor: !isOn };
    await call('companies.change', { params: { company: company.id }, body });
    await refresh('companies.show', 'session.show', 'audit.list');
    toast(isOn ? 'A second factor is no longer required.' : 'A second factor is required of all members.');
  };
  return (
    <Card>
      <div className="grid gap-4">
        <p className="flex flex-wrap items-center gap-3">
          {isOn ? <Badge tone="good">Required</Badge> : <Badge>Not required</Badge>}
          <span className="min-w-0 flex-1 basis-60">
            Where it is required, only members who signed in with a passkey or an authenticator app are let
            in. The others are led to set one up first. Keys of the API are not affected.
          </span>
        </p>
        {may('company.secure') && !isOn && !isStrong && (
          <p id="why-no-factor" className="text-sm text-quiet">
            You did not sign in with a second factor, and would lock yourself out. Set one up under{' '}
            <Link className="link" to="/account/security">
              Security
            </Link>
            , sign in with it, then come back.
          </p>
        )}
        {may('company.secure') && (
          <div>
            <Button
              disabled={!isOn && !isStrong}
              {...(!isOn && !isStrong ? { 'aria-describedby': 'why-no-factor' } : {})}
              onClick={() => setAsking(true)}
            >
              {isOn ? 'Stop requiring it' : 'Require a second factor'}
            </Button>
          </div>
        )}
      </div>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={isOn ? 'Stop requiring a second factor?' : 'Require a second factor?'}
        confirm={isOn ? 'Stop requiring it' : 'Require it'}
        look={isOn ? 'danger' : 'primary'}
        onConfirm={change}
      >
        <p>
          {isOn
            ? 'A stolen password alone is then enough to get into the company as one of its members.'
            : 'Members who have none are kept out at once, until they have set one up and signed in with it.'}
        </p>
      </AlertDialog>
    </Card>
  );
};
