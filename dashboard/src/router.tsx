/** Every address of the dashboard, and what stands there. Pages come in chunks of their own. */
import { createRootRoute, createRoute, createRouter, Navigate, Outlet } from '@tanstack/react-router';
import { lazy, Suspense, type ReactElement } from 'react';
import { Toaster } from './components/toast.tsx';
import { lazyPage } from './lazy-page.ts';
import { BrokenPage } from './pages/broken-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { useQuestion } from './shell/proof.ts';
import { PublicFrame } from './shell/public-frame.tsx';
import { validateBack } from './shell/return-path.ts';

const StepUpDialog = lazy(() => import('./shell/step-up.tsx').then((it) => ({ default: it.StepUpDialog })));

const Root = (): ReactElement => {
  const question = useQuestion();
  return (
    <>
      <Outlet />
      {question !== undefined && (
        <Suspense>
          <StepUpDialog question={question} />
        </Suspense>
      )}
      <Toaster />
    </>
  );
};

const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage });

const visitor = createRoute({ getParentRoute: () => root, id: 'visitor', component: PublicFrame });
const publicPages = [
  createRoute({
    getParentRoute: () => visitor,
    path: '/sign-up',
    component: lazyPage(() => import('./pages/public/sign-up-page.tsx'), 'SignUpPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/confirm',
    component: lazyPage(() => import('./pages/public/confirm-page.tsx'), 'ConfirmPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/confirm-email',
    component: lazyPage(() => import('./pages/public/confirm-email-page.tsx'), 'ConfirmEmailPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/sign-in',
    validateSearch: validateBack,
    component: lazyPage(() => import('./pages/public/sign-in-page.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/sign-in/second-factor',
    validateSearch: validateBack,
    component: lazyPage(() => import('./pages/public/second-factor-page.tsx'), 'SecondFactorPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/forgot-password',
    component: lazyPage(() => import('./pages/public/forgot-password-page.tsx'), 'ForgotPasswordPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/reset-password',
    component: lazyPage(() => import('./pages/public/reset-password-page.tsx'), 'ResetPasswordPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/invitation',
    component: lazyPage(() => import('./pages/public/invitation-page.tsx'), 'InvitationPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/dataset-invitation',
    component: lazyPage(() => import('./pages/public/dataset-invitation-page.tsx'), 'DatasetInvitationPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/reveal-key',
    component: lazyPage(() => import('./pages/public/reveal-key-page.tsx'), 'RevealKeyPage'),
  }),
  createRoute({
    getParentRoute: () => visitor,
    path: '/goodbye',
    component: lazyPage(() => import('./pages/public/goodbye-page.tsx'), 'GoodbyePage'),
  }),
] as const;

const member = createRoute({
  getParentRoute: () => root,
  id: 'member',
  component: lazyPage(() => import('./shell/frame.tsx'), 'Frame'),
});
const home = createRoute({
  getParentRoute: () => member,
  path: '/',
  component: lazyPage(() => import('./pages/home-page.tsx'), 'HomePage'),
});

const company = createRoute({
  getParentRoute: () => member,
  path: '/companies/$company',
  component: lazyPage(() => import('./shell/company-frame.tsx'), 'CompanyFrame'),
});
const companyPages = [
  createRoute({
    getParentRoute: () => company,
    path: '/',
    component: () => <Navigate from="/companies/$company" to="/companies/$company/overview" replace />,
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/overview',
    component: lazyPage(() => import('./pages/company/overview-page.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/projects',
    component: lazyPage(() => import('./pages/company/projects-page.tsx'), 'ProjectsPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/projects/$project',
    component: lazyPage(() => import('./pages/company/project-page.tsx'), 'ProjectPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/projects/$project/log',
    component: lazyPage(() => import('./pages/company/log-page.tsx'), 'LogPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/projects/$project/playground',
    component: lazyPage(() => import('./pages/company/playground-page.tsx'), 'PlaygroundPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/playground',
    component: lazyPage(() => import('./pages/company/playground-page.tsx'), 'PlaygroundPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/projects/$project/visitor',
    component: lazyPage(() => import('./pages/company/visitor-page.tsx'), 'VisitorPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/visitor',
    component: lazyPage(() => import('./pages/company/visitor-page.tsx'), 'VisitorPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets',
    component: lazyPage(() => import('./pages/company/datasets/datasets-page.tsx'), 'DatasetsPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets/new',
    validateSearch: ({ upload, into }: Record<string, unknown>): { upload?: string; into?: string } => ({
      ...(typeof upload === 'string' ? { upload } : {}),
      ...(typeof into === 'string' ? { into } : {}),
    }),
    component: lazyPage(() => import('./pages/company/datasets/new-dataset-page.tsx'), 'NewDatasetPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets/$dataset',
    validateSearch: ({ version }: Record<string, unknown>): { version?: number } =>
      Number.isInteger(version) && Number(version) > 0 ? { version: Number(version) } : {},
    component: lazyPage(() => import('./pages/company/datasets/dataset-page.tsx'), 'DatasetPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets/$dataset/columns',
    component: lazyPage(() => import('./pages/company/datasets/columns-page.tsx'), 'ColumnsPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets/$dataset/versions',
    component: lazyPage(() => import('./pages/company/datasets/versions-page.tsx'), 'VersionsPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets/$dataset/indexes',
    component: lazyPage(() => import('./pages/company/datasets/indexes-page.tsx'), 'IndexesPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets/$dataset/people',
    component: lazyPage(() => import('./pages/company/datasets/people-page.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets/$dataset/activity',
    component: lazyPage(() => import('./pages/company/datasets/activity-page.tsx'), 'ActivityPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/datasets/$dataset/settings',
    component: lazyPage(
      () => import('./pages/company/datasets/dataset-settings-page.tsx'),
      'DatasetSettingsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/keys',
    component: lazyPage(() => import('./pages/company/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/domains',
    component: lazyPage(() => import('./pages/company/domains-page.tsx'), 'DomainsPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/usage',
    component: lazyPage(() => import('./pages/company/usage-page.tsx'), 'UsagePage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/webhooks',
    component: lazyPage(() => import('./pages/company/webhooks-page.tsx'), 'WebhooksPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/members',
    component: lazyPage(() => import('./pages/company/members-page.tsx'), 'MembersPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/audit',
    component: lazyPage(() => import('./pages/company/audit-page.tsx'), 'AuditPage'),
  }),
  createRoute({
    getParentRoute: () => company,
    path: '/settings',
    component: lazyPage(() => import('./pages/company/settings-page.tsx'), 'SettingsPage'),
  }),
] as const;

const account = createRoute({
  getParentRoute: () => member,
  path: '/account',
  component: lazyPage(() => import('./shell/account-frame.tsx'), 'AccountFrame'),
});
const accountPages = [
  createRoute({
    getParentRoute: () => account,
    path: '/',
    component: () => <Navigate to="/account/profile" replace />,
  }),
  createRoute({
    getParentRoute: () => account,
    path: '/profile',
    component: lazyPage(() => import('./pages/account/profile-page.tsx'), 'ProfilePage'),
  }),
  createRoute({
    getParentRoute: () => account,
    path: '/security',
    validateSearch: ({ required }: Record<string, unknown>): { required?: true } =>
      required === true ? { required } : {},
    component: lazyPage(() => import('./pages/account/security-page.tsx'), 'SecurityPage'),
  }),
  createRoute({
    getParentRoute: () => account,
    path: '/data',
    component: lazyPage(() => import('./pages/account/data-page.tsx'), 'DataPage'),
  }),
] as const;

export const router = createRouter({
  basepath: '/dashboard',
  routeTree: root.addChildren([
    visitor.addChildren(publicPages),
    member.addChildren([home, company.addChildren(companyPages), account.addChildren(accountPages)]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: BrokenPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
