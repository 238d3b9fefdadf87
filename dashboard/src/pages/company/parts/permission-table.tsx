/** Who may do what, as the server decides it. */
import { CheckIcon } from '@radix-ui/react-icons';
import type { ReactElement } from 'react';
import { cx } from '../../../components/class-names.ts';
import { useCompany } from '../../../shell/company.ts';
import { roleLabel, type RoleTable } from './roles.ts';

const Mark = ({ has }: { readonly has: boolean }): ReactElement =>
  has ? (
    <>
      <CheckIcon aria-hidden className="mx-auto text-kept" />
      <span className="sr-only">Yes</span>
    </>
  ) : (
    <>
      <span aria-hidden className="text-quiet">
        –
      </span>
      <span className="sr-only">No</span>
    </>
  );

/** One row a permission, one column a role; narrow enough for a small screen. One's own column is raised. */
export const PermissionTable = ({ table }: { readonly table: RoleTable }): ReactElement => {
  const { role: own } = useCompany();
  return (
    <div className="rounded-card border border-line bg-raised">
      <table className="w-full text-left text-sm sm:text-base">
        <caption className="sr-only">Who may do what</caption>
        <thead className="border-b border-line text-quiet">
          <tr>
            <th scope="col" className="px-3 py-2.5 font-medium sm:px-4">
              May
            </th>
            {table.roles.map(({ role }) => (
              <th
                key={role}
                scope="col"
                className={cx(
                  'w-12 px-0.5 py-2.5 text-center text-xs font-medium sm:w-24 sm:text-sm',
                  role === own && 'bg-sunken text-ink',
                )}
              >
                {roleLabel(role)}
                {role === own && <span className="sr-only"> (you)</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {table.permissions.map(({ permission, description }) => (
            <tr key={permission}>
              <th scope="row" className="px-3 py-2 font-normal sm:px-4">
                {description}
              </th>
              {table.roles.map(({ role, permissions }) => (
                <td key={role} className={cx('px-0.5 py-2 text-center', role === own && 'bg-sunken')}>
                  <Mark has={permissions.includes(permission)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
