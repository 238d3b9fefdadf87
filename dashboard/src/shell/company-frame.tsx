/** Navigation of one company, and which one it is. */
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { useEffect, type ReactElement } from 'react';
import { ButtonLink } from '../components/button.tsx';
import { Notice } from '../components/notice.tsx';
import { PageHeader } from '../components/page.tsx';
import { remember } from '../remember.ts';
import { CompanyContext, useCompany } from './company.ts';
import { Body, NAV_LINK, useSession } from './frame.tsx';

const Navigation = (): ReactElement => {
  const { id, may } = useCompany();
  const params = { company: id };
  return (
    <>
      <Link to="/companies/$company/overview" params={params} className={NAV_LINK}>
        Overview
      </Link>
      <Link to="/companies/$company/projects" params={params} className={NAV_LINK}>
        Projects
      </Link>
      {may('projects.try') && (
        <Link to="/companies/$company/playground" params={params} className={NAV_LINK}>
          Playground
        </Link>
      )}
      <Link to="/companies/$company/visitor" params={params} className={NAV_LINK}>
        Visitor lookup
      </Link>
      <Link to="/companies/$company/datasets" params={params} className={NAV_LINK}>
        Datasets
      </Link>
      <Link to="/companies/$company/keys" params={params} className={NAV_LINK}>
        Keys
      </Link>
      <Link to="/companies/$company/domains" params={params} className={NAV_LINK}>
        Domains
      </Link>
      <Link to="/companies/$company/usage" params={params} className={NAV_LINK}>
        Usage
      </Link>
      {may('webhooks.read') && (
        <Link to="/companies/$company/webhooks" params={params} className={NAV_LINK}>
          Webhooks
        </Link>
      )}
      <Link to="/companies/$company/members" params={params} className={NAV_LINK}>
        Members
      </Link>
      {may('audit.read') && (
        <Link to="/companies/$company/audit" params={params} className={NAV_LINK}>
          Audit log
        </Link>
      )}
      <Link to="/companies/$company/settings" params={params} className={NAV_LINK}>
        Settings
      </Link>
    </>
  );
};

const NotAMember = (): ReactElement => (
  <main id="main" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 py-8 outline-none">
    <PageHeader title="No such company" />
    <Notice>
      <p>It does not exist, or you are not a member of it (any more).</p>
      <p>
        <ButtonLink to="/">To your companies</ButtonLink>
      </p>
    </Notice>
  </main>
);

/** Around every page of `/companies/:company`. */
export const CompanyFrame = (): ReactElement => {
  const { company } = useParams({ strict: false });
  const membership = useSession().memberships.find((one) => one.company === company);
  useEffect(() => {
    if (membership !== undefined) remember('company', membership.company);
  }, [membership]);
  if (membership === undefined) return <NotAMember />;
  return (
    <CompanyContext value={membership}>
      <Body label="Company" navigation={<Navigation />}>
        {/* A change of company starts every page anew: nothing typed for one is sent to the other. */}
        <Outlet key={membership.company} />
      </Body>
    </CompanyContext>
  );
};
