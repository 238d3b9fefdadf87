/** Members of a company, invitations, and who may do what. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { read } from '../../api/query.ts';
import { Button } from '../../components/button.tsx';
import { PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { useCompany } from '../../shell/company.ts';
import { InvitationTable } from './parts/invitation-table.tsx';
import { InviteDialog } from './parts/invite.tsx';
import { LeaveCompany } from './parts/leave-company.tsx';
import { MemberTable } from './parts/member-table.tsx';
import { PermissionTable } from './parts/permission-table.tsx';
import { WhoMay } from './parts/who-may.tsx';

/** Milliseconds between two looks: what a colleague changes shows without a reload. */
const LOOK_AGAIN = 10_000;

/** The page. */
export const MembersPage = (): ReactElement => {
  const { id: company, name, may } = useCompany();
  const [isInviting, setInviting] = useState(false);
  const input = { params: { company } };
  const members = useQuery({ ...read('members.list', input), refetchInterval: LOOK_AGAIN });
  const invitations = useQuery({ ...read('invitations.list', input), refetchInterval: LOOK_AGAIN });
  const roles = useQuery({ ...read('roles.list'), staleTime: 3_600_000 });
  const people = members.data?.items ?? [];
  return (
    <>
      <PageHeader
        title="Members"
        tab={`Members of ${name}`}
        actions={
          may('members.invite') && (
            <Button look="primary" onClick={() => setInviting(true)}>
              Invite a member
            </Button>
          )
        }
      />
      <Section title="People">
        <QueryView query={members} lines={5}>
          {({ items }) => <MemberTable members={items} />}
        </QueryView>
        <WhoMay permission="members.change" deed="change roles and remove members" />
      </Section>
      <Section title="Open invitations">
        <QueryView query={invitations}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="text-quiet">
                None. {may('members.invite') && 'Invite a colleague by their e-mail address.'}
              </p>
            ) : (
              <InvitationTable invitations={items} members={people} />
            )
          }
        </QueryView>
        <WhoMay permission="members.invite" deed="invite members" />
      </Section>
      <Section title="Who may do what" lead="Only owners make, change and remove owners.">
        <QueryView query={roles} lines={8}>
          {(table) => <PermissionTable table={table} />}
        </QueryView>
      </Section>
      <Section title="Leave the company">
        <QueryView query={members}>{({ items }) => <LeaveCompany members={items} />}</QueryView>
      </Section>
      <InviteDialog isOpen={isInviting} onOpenChange={setInviting} />
    </>
  );
};
