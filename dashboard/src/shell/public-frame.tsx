/** What stands around the pages before one is signed in. */
import { Outlet } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Mark } from './mark.tsx';
import { SkipLink } from './skip-link.tsx';
import { chooseTheme, useIsDark } from './theme.ts';

const ThemeButton = (): ReactElement => {
  const isDark = useIsDark();
  return (
    <button type="button" className="link" onClick={() => chooseTheme(isDark ? 'light' : 'dark')}>
      {isDark ? 'Light theme' : 'Dark theme'}
    </button>
  );
};

/** One narrow card in the middle. */
export const PublicFrame = (): ReactElement => (
  <div className="flex min-h-dvh flex-col">
    <SkipLink />
    <header className="px-4 pt-8 sm:pt-12">
      <a href="/" className="mx-auto flex w-fit items-center gap-2.5 font-serif text-xl font-semibold">
        <Mark /> Vouchsafe
      </a>
    </header>
    <main id="main" tabIndex={-1} className="mx-auto w-full max-w-md flex-1 px-4 py-6 outline-none sm:py-8">
      <div className="rounded-card border border-line bg-raised p-5 sm:p-8">
        <Outlet />
      </div>
    </main>
    <footer className="flex flex-wrap justify-center gap-x-5 gap-y-2 px-4 pb-8 text-sm text-quiet">
      <a className="link" href="/security">
        What this server promises
      </a>
      <a className="link" href="/docs">
        API reference
      </a>
      <ThemeButton />
    </footer>
  </div>
);
