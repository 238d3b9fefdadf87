/** Where one lands: the company one was in last, or the first step where there is none. */
import { Navigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { PageHeader } from '../components/page.tsx';
import { recall } from '../remember.ts';
import { useSession } from '../shell/frame.tsx';
import { NewCompanyForm } from '../shell/new-company.tsx';

/** Redirects to a company, or makes the first one. */
export const HomePage = (): ReactElement => {
  const { memberships } = useSession();
  const last = recall('company');
  const chosen = memberships.find(({ company }) => company === last) ?? memberships[0];
  if (chosen !== undefined) {
    return <Navigate to="/companies/$company/overview" params={{ company: chosen.company }} replace />;
  }
  return (
    <main id="main" tabIndex={-1} className="mx-auto w-full max-w-lg px-4 py-8 outline-none">
      <PageHeader
        title="Create your company"
        lead="You belong to no company at the moment. A company owns projects and keys; you can invite colleagues to it."
      />
      <NewCompanyForm />
    </main>
  );
};
