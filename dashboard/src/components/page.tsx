/** The parts that every page begins with, and the cards that it is made of. */
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

/** False until the first page has been shown: only later ones take the focus. */
let hasShownPage = false;

interface PageHeaderProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  /** Title of the browser's tab where it should say more. */
  readonly tab?: string;
}

/** Title of the page and of the tab. After a navigation it takes the focus, so that screen readers say where one is. */
export const PageHeader = ({ title, lead, actions, tab = title }: PageHeaderProps): ReactElement => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasShownPage) heading.current?.focus({ preventScroll: true });
    hasShownPage = true;
  }, []);
  return (
    <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <title>{`${tab} · Vouchsafe`}</title>
      <div className="grid min-w-0 gap-1">
        <h1 ref={heading} tabIndex={-1} className="text-3xl tracking-tight wrap-anywhere outline-none">
          {title}
        </h1>
        {lead !== undefined && <div className="max-w-2xl text-quiet">{lead}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
};

interface SectionProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export const Section = ({ title, lead, actions, children }: SectionProps): ReactElement => (
  <section aria-label={title} className="mb-10 grid gap-4">
    <div className="flex flex-wrap items-start justify-between gap-3">
      <div className="grid gap-1">
        <h2 className="text-xl">{title}</h2>
        {lead !== undefined && <div className="max-w-2xl text-quiet">{lead}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
    {children}
  </section>
);

/** A raised surface. */
export const Card = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <div className="min-w-0 rounded-card border border-line bg-raised p-5">{children}</div>
);
