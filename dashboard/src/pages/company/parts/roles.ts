/** Who may do what, from the server's own table. */
import { useQuery } from '@tanstack/react-query';
import type { Reply } from '../../../api/client.ts';
import { read } from '../../../api/query.ts';
import type { Role } from '../../../api/shapes.ts';

export type RoleTable = Reply<'roles.list'>;

/** The table; undefined until it is there. The same query as `useCompany` reads. */
export const useRoleTable = (): RoleTable | undefined =>
  useQuery({ ...read('roles.list'), staleTime: 3_600_000 }).data;

const PLURALS: Readonly<Record<Role, string>> = {
  owner: 'owners',
  admin: 'admins',
  member: 'members',
  viewer: 'viewers',
};

/** A role as a word with its article: "an owner". */
export const aRole = (role: Role): string => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;

/** A role as a label: "Owner". */
export const roleLabel = (role: Role): string => role.charAt(0).toUpperCase() + role.slice(1);

/** "owners, admins and members": everybody who has a permission. */
export const sayWhoMay = ({ roles }: RoleTable, permission: string): string => {
  const names = roles
    .filter(({ permissions }) => permissions.includes(permission))
    .map(({ role }) => PLURALS[role]);
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
};

/**
 * Roles that a member may give to somebody who has the role `from` now (undefined: is invited).
 * Only owners make, change and remove owners; nothing where this person is out of reach.
 */
export const rolesToGive = (table: RoleTable | undefined, actor: Role, from?: Role): readonly Role[] => {
  if (actor !== 'owner' && from === 'owner') return [];
  const all = table?.roles.map(({ role }) => role) ?? [];
  return actor === 'owner' ? all : all.filter((role) => role !== 'owner');
};
