/** Says who can do what this person cannot. */
import type { ReactElement } from 'react';
import { useCompany } from '../../../shell/company.ts';
import { aRole, sayWhoMay, useRoleTable } from './roles.ts';

interface WhoMayProps {
  readonly permission: string;
  /** As a verb: "make and rotate keys". */
  readonly deed: string;
}

/** One line; nothing for those who may, and until it is known. */
export const WhoMay = ({ permission, deed }: WhoMayProps): ReactElement | null => {
  const { may, role } = useCompany();
  const table = useRoleTable();
  if (table === undefined || may(permission)) return null;
  const who = sayWhoMay(table, permission);
  return (
    <p className="text-sm text-quiet">
      {who === '' ? 'Nobody' : `Only ${who}`} can {deed}. You are {aRole(role)} here.
    </p>
  );
};
