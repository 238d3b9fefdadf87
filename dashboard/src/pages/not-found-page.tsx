/** An address that leads nowhere. */
import type { ReactElement } from 'react';
import { ButtonLink } from '../components/button.tsx';
import { PageHeader } from '../components/page.tsx';

/** The page. */
export const NotFoundPage = (): ReactElement => (
  <main id="main" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 py-8 outline-none">
    <PageHeader
      title="There is no such page"
      lead="The address may be mistyped, or the page may have moved."
    />
    <ButtonLink to="/">To the dashboard</ButtonLink>
  </main>
);
