/** The company that a page is about, and what this person may do in it. */
import { useQuery } from '@tanstack/react-query';
import { createContext, use } from 'react';
import { read } from '../api/query.ts';
import type { Membership, Role } from '../api/shapes.ts';

export const CompanyContext = createContext<Membership | undefined>(undefined);

export interface CurrentCompany {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Whether this person's role has a permission (`keys.change`, …), by the server's own table. False until it is known. */
  readonly may: (permission: string) => boolean;
}

/** Inside `/companies/:company/*`. The server decides again at each call: this only hides what would be refused. */
export const useCompany = (): CurrentCompany => {
  const membership = use(CompanyContext);
  if (membership === undefined) throw new Error('useCompany stands outside of a company page');
  const { data } = useQuery({ ...read('roles.list'), staleTime: 3_600_000 });
  const granted = data?.roles.find(({ role }) => role === membership.role)?.permissions ?? [];
  return {
    id: membership.company,
    name: membership.name,
    role: membership.role,
    may: (permission) => granted.includes(permission),
  };
};
