/** Parts that several of the pages before signing in share. */
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { PageHeader } from '../../components/page.tsx';

/** A word between two ways of doing the same. */
export const Or = (): ReactElement => (
  <div className="flex items-center gap-3 text-sm text-quiet">
    <span aria-hidden className="h-px flex-1 bg-line" />
    or
    <span aria-hidden className="h-px flex-1 bg-line" />
  </div>
);

/** The line under a form that leads elsewhere. */
export const Foot = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <p className="mt-6 border-t border-line pt-4 text-center text-sm text-quiet">{children}</p>
);

interface LinkProblemProps {
  readonly title: string;
  readonly problem?: unknown;
  /** Where a new link can be had. */
  readonly children: ReactNode;
}

/** A mailed link that is missing, used up or too old. */
export const LinkProblem = ({ title, problem, children }: LinkProblemProps): ReactElement => (
  <>
    <PageHeader title={title} />
    <div className="grid gap-4">
      {problem === undefined ? (
        <p>Open this page from the link in our mail; the address alone does not hold what is needed.</p>
      ) : (
        <ErrorPanel problem={problem} />
      )}
      <p>{children}</p>
    </div>
  </>
);

/** To the sign-in page, in running text. */
export const ToSignIn = ({ children = 'Sign in' }: { readonly children?: ReactNode }): ReactElement => (
  <Link to="/sign-in" className="link">
    {children}
  </Link>
);
