/** The person: account pages, theme, sign out. */
import { PersonIcon } from '@radix-ui/react-icons';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { call } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import type { Session } from '../api/shapes.ts';
import { Menu, MenuItem, MenuLabel, MenuLine, MenuLink } from '../components/menu.tsx';
import { toast } from '../components/toast.tsx';
import { describeProblem } from '../api/sentences.ts';
import { chooseTheme, THEMES, useTheme } from './theme.ts';

const THEME_NAMES = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;

/** Menu behind the person's icon. */
export const AccountMenu = ({ session }: { readonly session: Session }): ReactElement => {
  const navigate = useNavigate();
  const theme = useTheme();
  const signOut = async (): Promise<void> => {
    try {
      await call('session.end');
    } catch (error) {
      const { what, next } = describeProblem(error);
      toast(`${what} ${next}`);
      return;
    }
    await navigate({ to: '/sign-in' });
    queryClient.clear();
  };
  return (
    <Menu align="end" label="Account" trigger={<PersonIcon aria-hidden />}>
      <MenuLabel>
        <span className="block max-w-64 truncate">{session.user.name ?? session.user.email}</span>
        {session.user.name !== null && <span className="block max-w-64 truncate">{session.user.email}</span>}
      </MenuLabel>
      <MenuLink to="/account/profile">Profile</MenuLink>
      <MenuLink to="/account/security">Security</MenuLink>
      <MenuLink to="/account/data">Your data</MenuLink>
      <MenuLine />
      <MenuLabel>Theme</MenuLabel>
      {THEMES.map((name) => (
        <MenuItem key={name} checked={name === theme} onSelect={() => chooseTheme(name)}>
          {THEME_NAMES[name]}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem onSelect={() => void signOut()}>Sign out</MenuItem>
    </Menu>
  );
};
