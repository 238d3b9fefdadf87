/** The role of a member, to be changed where it stands. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { ApiProblem } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Member, Role } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { CONTROL } from '../../../components/field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { aRole, roleLabel, rolesToGive, useRoleTable } from './roles.ts';

/** How a member is called: by name, else by address. */
export const memberName = ({ name, email }: Pick<Member, 'name' | 'email'>): string => name ?? email;

interface Choice {
  /** The role as it was when this was chosen: where it has changed since, the server does nothing (409). */
  readonly from: Role;
  readonly to: Role;
}

interface RoleSelectProps {
  readonly member: Member;
  readonly roles: readonly Role[];
}

const RoleSelect = ({ member, roles }: RoleSelectProps): ReactElement => {
  const { id: company } = useCompany();
  const [choice, setChoice] = useState<Choice | undefined>(undefined);
  const chosen = choice?.to ?? member.role;
  const action = useAction(async () => {
    if (choice === undefined) return;
    try {
      await call('members.change', {
        params: { company, user: member.user },
        body: { role: choice.to, expected_role: choice.from },
      });
    } catch (error) {
      // What is shown is not so any more, or cannot be decided: the row is read again, then the person decides.
      if (error instanceof ApiProblem && [404, 409].includes(error.status)) {
        setChoice(undefined);
        await refresh('members.list');
      }
      throw error;
    }
    setChoice(undefined);
    toast(`${memberName(member)} is ${aRole(choice.to)} now.`);
    await refresh('members.list', 'invitations.list', 'audit.list', 'session.show');
  });
  return (
    <span className="grid justify-items-end gap-2 sm:justify-items-start">
      <span className="flex flex-wrap justify-end gap-2 sm:justify-start">
        <span className="min-w-32">
          <select
            aria-label={`Role of ${memberName(member)}`}
            className={CONTROL}
            value={chosen}
            onChange={(event) => {
              const to = event.target.value as Role;
              action.reset();
              setChoice(to === member.role ? undefined : { from: member.role, to });
            }}
          >
            {roles.map((role) => (
              <option key={role} value={role}>
                {roleLabel(role)}
              </option>
            ))}
          </select>
        </span>
        {choice !== undefined && (
          <Button
            look="primary"
            aria-label={`Save: make ${memberName(member)} ${aRole(chosen)}`}
            pending={action.pending}
            onClick={() => void action.run()}
          >
            Save
          </Button>
        )}
      </span>
      {action.problem !== undefined && (
        <span className="block text-left sm:max-w-72">
          <ErrorPanel problem={action.problem} />
        </span>
      )}
    </span>
  );
};

/** A choice where this person may make it, else the word. Nothing is sent before Save. */
export const RoleChoice = ({ member }: { readonly member: Member }): ReactElement => {
  const { may, role } = useCompany();
  const table = useRoleTable();
  const roles = may('members.change') ? rolesToGive(table, role, member.role) : [];
  if (roles.length === 0) return <span className="wrap-normal">{roleLabel(member.role)}</span>;
  return <RoleSelect member={member} roles={roles} />;
};
