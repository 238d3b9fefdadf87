/** Invitations that nobody has accepted yet. */
import type { ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Invitation, Member } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { memberName } from './role-choice.tsx';
import { roleLabel, rolesToGive, useRoleTable } from './roles.ts';

interface InvitationTableProps {
  readonly invitations: readonly Invitation[];
  /** For the names of those who invited. */
  readonly members: readonly Member[];
}

const RowActions = ({ invitation }: { readonly invitation: Invitation }): ReactElement => {
  const { id: company, role: actor } = useCompany();
  const table = useRoleTable();
  const { id, email, role } = invitation;
  const again = useAction(async () => {
    await call('invitations.create', { params: { company }, body: { email, role } });
    await refresh('invitations.list', 'audit.list');
    toast(`A new invitation to ${email} is on its way. The link before is void.`);
  });
  const withdraw = useAction(async () => {
    await call('invitations.withdraw', { params: { company, invitation: id } });
    await refresh('invitations.list', 'audit.list');
    toast(`The invitation to ${email} is withdrawn.`);
  });
  const isBusy = again.pending || withdraw.pending;
  const problem = again.problem ?? withdraw.problem;
  return (
    <>
      {rolesToGive(table, actor).includes(role) && (
        <Button
          small
          aria-label={`Send again: the invitation to ${email}`}
          pending={again.pending}
          onClick={() => {
            withdraw.reset();
            if (!isBusy) void again.run();
          }}
        >
          Send again
        </Button>
      )}
      <Button
        small
        aria-label={`Withdraw the invitation to ${email}`}
        pending={withdraw.pending}
        onClick={() => {
          again.reset();
          if (!isBusy) void withdraw.run();
        }}
      >
        Withdraw
      </Button>
      {problem !== undefined && (
        <span className="block w-full text-left whitespace-normal sm:w-72">
          <ErrorPanel problem={problem} />
        </span>
      )}
    </>
  );
};

/** The table. */
export const InvitationTable = ({ invitations, members }: InvitationTableProps): ReactElement => {
  const { may } = useCompany();
  const inviterOf = ({ invited_by }: Invitation): string => {
    const found = members.find(({ user }) => user === invited_by);
    return found === undefined ? 'Someone who left' : memberName(found);
  };
  const columns: readonly Column<Invitation>[] = [
    { header: 'Address', cell: ({ email }) => email },
    { header: 'Role', cell: ({ role }) => <span className="wrap-normal">{roleLabel(role)}</span> },
    {
      header: 'Invited by',
      cell: (invitation) => <span className="wrap-break-word">{inviterOf(invitation)}</span>,
    },
    {
      header: 'Expires',
      cell: ({ expires_at }) => (
        <span className="wrap-normal">
          <DateTime at={expires_at} />
        </span>
      ),
    },
    ...(may('members.invite')
      ? [
          {
            header: 'Actions',
            actions: true,
            cell: (invitation: Invitation) => <RowActions invitation={invitation} />,
          },
        ]
      : []),
  ];
  return (
    <Table
      caption="Open invitations, newest first"
      rows={invitations}
      rowKey={({ id }) => id}
      columns={columns}
    />
  );
};
