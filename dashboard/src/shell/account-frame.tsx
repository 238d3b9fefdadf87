/** Navigation of the person's own pages. */
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Body, NAV_LINK } from './frame.tsx';

/** Around every page of `/account`. */
export const AccountFrame = (): ReactElement => (
  <Body
    label="Account"
    navigation={
      <>
        <Link to="/account/profile" className={NAV_LINK}>
          Profile
        </Link>
        <Link to="/account/security" className={NAV_LINK}>
          Security
        </Link>
        <Link to="/account/data" className={NAV_LINK}>
          Your data
        </Link>
      </>
    }
  >
    <Outlet />
  </Body>
);
