/** Several views of one thing, one at a time. */
import * as Base from 'radix-ui/tabs';
import type { ReactElement, ReactNode } from 'react';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  /** The tab shown first; the first one where left out. */
  readonly initial?: string;
}

/** Tabs with arrow keys, as the ARIA pattern has them. */
export const Tabs = ({ label, tabs, initial }: TabsProps): ReactElement => (
  <Base.Root defaultValue={initial ?? tabs[0]?.id ?? ''}>
    <Base.List aria-label={label} className="mb-5 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map(({ id, label: text }) => (
        <Base.Trigger
          key={id}
          value={id}
          className="-mb-px border-b-2 border-transparent px-3 py-2 whitespace-nowrap text-quiet hover:text-ink data-[state=active]:border-link data-[state=active]:text-ink"
        >
          {text}
        </Base.Trigger>
      ))}
    </Base.List>
    {tabs.map(({ id, content }) => (
      <Base.Content key={id} value={id}>
        {content}
      </Base.Content>
    ))}
  </Base.Root>
);
