/** What stands around every page of someone signed in. */
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { createContext, use, type ReactElement, type ReactNode } from 'react';
import { read } from '../api/query.ts';
import type { Session } from '../api/shapes.ts';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { recall } from '../remember.ts';
import { AccountMenu } from './account-menu.tsx';
import { CompanySwitcher } from './company-switcher.tsx';
import { Mark } from './mark.tsx';
import { SkipLink } from './skip-link.tsx';

const SessionContext = createContext<Session | undefined>(undefined);

/** Who is signed in; inside the frame only. */
export const useSession = (): Session => {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('useSession stands outside of the frame');
  return session;
};

/** One link of a navigation: marks itself when it leads to where one is. */
export const NAV_LINK =
  'rounded-control px-3 py-2 text-quiet hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken ' +
  'aria-[current=page]:font-medium aria-[current=page]:text-ink';

interface BodyProps {
  readonly navigation: ReactNode;
  readonly label: string;
  readonly children: ReactNode;
}

/** Navigation beside the page; above it where there is no room. */
export const Body = ({ navigation, label, children }: BodyProps): ReactElement => (
  <div className="mx-auto grid w-full max-w-6xl flex-1 content-start gap-6 px-4 py-5 sm:px-6 lg:grid-cols-[12rem_minmax(0,1fr)] lg:gap-10 lg:py-8">
    <nav aria-label={label}>
      <div className="flex flex-wrap gap-1 lg:sticky lg:top-8 lg:grid">{navigation}</div>
    </nav>
    <main id="main" tabIndex={-1} className="min-w-0 outline-none">
      {children}
    </main>
  </div>
);

/** The frame: bar at the top, the page below. */
export const Frame = (): ReactElement => {
  const { data: session, error, refetch } = useQuery({ ...read('session.show'), refetchInterval: 15_000 });
  const { company } = useParams({ strict: false });
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <header className="border-b border-line bg-raised">
        <div className="mx-auto flex max-w-6xl items-center gap-2 px-4 py-2 sm:px-6">
          <Link
            to="/"
            aria-label="Vouchsafe"
            className="flex items-center gap-2.5 font-serif text-lg font-semibold"
          >
            <Mark /> <span className="hidden sm:inline">Vouchsafe</span>
          </Link>
          {session !== undefined && (
            <>
              <span aria-hidden className="ml-1 text-line">
                /
              </span>
              <CompanySwitcher session={session} current={company ?? recall('company')} />
              <div className="ml-auto flex items-center gap-1">
                <a
                  href="/docs"
                  className="hidden rounded-control px-3 py-2 text-quiet hover:text-ink sm:inline"
                >
                  API reference
                </a>
                <AccountMenu session={session} />
              </div>
            </>
          )}
        </div>
      </header>
      {session === undefined ? (
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-6xl px-4 py-8">
          {error === null ? (
            <Skeleton lines={6} />
          ) : (
            <ErrorPanel problem={error} onRetry={() => void refetch()} />
          )}
        </main>
      ) : (
        <SessionContext value={session}>
          <Outlet />
        </SessionContext>
      )}
    </div>
  );
};
