/** What only those who manage a dataset see of it. */
import type { ReactElement, ReactNode } from 'react';
import { Section } from '../../../../components/page.tsx';
import type { Dataset } from '../shapes.ts';

interface ManagedProps {
  readonly dataset: Dataset;
  /** Title of the part. */
  readonly title: string;
  /** What is not seen: "its settings". */
  readonly what: string;
  readonly children: ReactNode;
}

/** The server refuses others as well; whoever followed a link is told why there is nothing. */
export const Managed = ({ dataset, title, what, children }: ManagedProps): ReactNode => {
  if (dataset.right === 'manage' && dataset.company === null) return children;
  const refused: ReactElement = (
    <Section title={title}>
      <p>Only those who manage the dataset see {what}. Ask one of them, or an owner of the company.</p>
    </Section>
  );
  return refused;
};
