/** Members of a company. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Member } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { Table } from '../../../components/table.tsx';
import { toast } from '../../../components/toast.tsx';
import { useCompany } from '../../../shell/company.ts';
import { memberName, RoleChoice } from './role-choice.tsx';
import { rolesToGive, useRoleTable } from './roles.ts';

const Person = ({ member }: { readonly member: Member }): ReactElement => (
  <span className="grid">
    <span className="flex flex-wrap items-center gap-2">
      {memberName(member)} {member.you && <Badge>You</Badge>}
    </span>
    {member.name !== null && <span className="text-sm font-normal text-quiet">{member.email}</span>}
  </span>
);

/** The table. */
export const MemberTable = ({ members }: { readonly members: readonly Member[] }): ReactElement => {
  const { id: company, name, may, role } = useCompany();
  const table = useRoleTable();
  const [chosen, setChosen] = useState<Member | undefined>(undefined);
  const isReachable = (member: Member): boolean =>
    !member.you && may('members.change') && rolesToGive(table, role, member.role).length > 0;
  const remove = async ({ user }: Member): Promise<void> => {
    await call('members.remove', { params: { company, user } });
    await refresh('members.list', 'invitations.list', 'audit.list');
    toast('The member is removed.');
  };
  return (
    <>
      <Table
        caption="Members, in the order in which they joined"
        rows={members}
        rowKey={({ user }) => user}
        columns={[
          { header: 'Member', cell: (member) => <Person member={member} /> },
          { header: 'Role', cell: (member) => <RoleChoice member={member} /> },
          {
            header: 'Second factor',
            cell: ({ second_factor }) =>
              second_factor ? <Badge tone="good">Yes</Badge> : <Badge tone="warn">No</Badge>,
          },
          {
            header: 'Joined',
            cell: ({ joined_at }) => (
              <span className="wrap-normal">
                <DateTime at={joined_at} />
              </span>
            ),
          },
          {
            header: 'Actions',
            actions: true,
            cell: (member) =>
              isReachable(member) && (
                <Button small aria-label={`Remove ${memberName(member)}`} onClick={() => setChosen(member)}>
                  Remove
                </Button>
              ),
          },
        ]}
      />
      <AlertDialog
        open={chosen !== undefined}
        onOpenChange={(isOpen) => !isOpen && setChosen(undefined)}
        title="Remove the member?"
        confirm="Remove member"
        onConfirm={() => (chosen === undefined ? Promise.resolve() : remove(chosen))}
      >
        {chosen !== undefined && (
          <p>
            <strong>{memberName(chosen)}</strong> loses access to {name} at once and is told by mail.
            Invitations that they sent are withdrawn. Keys that they made go on working: rotate those whose
            secrets they know.
          </p>
        )}
      </AlertDialog>
    </>
  );
};
