/** Which company one is in, and the way to another. */
import { CaretSortIcon, PlusIcon } from '@radix-ui/react-icons';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import type { Session } from '../api/shapes.ts';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../components/menu.tsx';
import { NewCompanyDialog } from './new-company.tsx';

interface CompanySwitcherProps {
  readonly session: Session;
  /** Id of the company whose page is shown, or was shown last. */
  readonly current: string | undefined;
}

/** A menu of the person's companies. */
export const CompanySwitcher = ({ session, current }: CompanySwitcherProps): ReactElement => {
  const navigate = useNavigate();
  const [isCreating, setCreating] = useState(false);
  const name = session.memberships.find(({ company }) => company === current)?.name ?? 'Choose a company';
  return (
    <>
      <Menu
        label={`Company: ${name}`}
        trigger={
          <>
            <span className="max-w-40 truncate sm:max-w-64">{name}</span>
            <CaretSortIcon aria-hidden />
          </>
        }
      >
        <MenuLabel>Your companies</MenuLabel>
        {session.memberships.map((membership) => (
          <MenuItem
            key={membership.company}
            checked={membership.company === current}
            onSelect={() =>
              void navigate({ to: '/companies/$company/overview', params: { company: membership.company } })
            }
          >
            <span className="flex-1 truncate">{membership.name}</span>
            <span className="text-sm text-quiet">{membership.role}</span>
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => setCreating(true)}>
          <PlusIcon aria-hidden /> New company
        </MenuItem>
      </Menu>
      <NewCompanyDialog open={isCreating} onOpenChange={setCreating} />
    </>
  );
};
