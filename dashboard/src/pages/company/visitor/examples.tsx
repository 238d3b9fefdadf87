/** Worked examples: whole pages with this project in them. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { CodeBlock } from '../../../components/code-block.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { fillIn, type Target } from './snippets.ts';

const EXAMPLES = [
  {
    name: 'currency',
    title: 'Currency by country',
    what: 'Prices in the currency of the visitor’s country, out of those that you have. Whoever chooses another one keeps it.',
  },
  {
    name: 'language',
    title: 'Language redirect',
    what: 'From / to /en/, /de/ or /fr/: by what the visitor chose before, else by the browser’s languages, else by those of the country.',
  },
  {
    name: 'address',
    title: 'Prefilled country and state',
    what: 'An address form that begins with the right country and state, and never overwrites what somebody chose.',
  },
] as const;

interface ExampleProps {
  readonly example: (typeof EXAMPLES)[number];
  readonly target: Target;
}

const Code = ({ example, target }: ExampleProps): ReactElement => {
  const files = useQuery({
    queryKey: ['visitor-examples'],
    queryFn: async () => (await import('./example-files.ts')).EXAMPLE_FILES,
    staleTime: Infinity,
  });
  return (
    <QueryView query={files} lines={8}>
      {(texts) => (
        <div className="max-h-128 overflow-y-auto">
          <CodeBlock code={fillIn(texts[example.name], target)} what={`page: ${example.title}`} />
        </div>
      )}
    </QueryView>
  );
};

const Example = ({ example, target }: ExampleProps): ReactElement => {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="grid gap-2 border-b border-line py-4 first:pt-0 last:border-0">
      <h3 className="text-lg">{example.title}</h3>
      <p className="max-w-2xl text-quiet">{example.what}</p>
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="link w-fit cursor-pointer">The page: {example.title}</summary>
        <div className="mt-3">{isOpen && <Code example={example} target={target} />}</div>
      </details>
    </li>
  );
};

/** All of them, folded. */
export const Examples = ({ target }: { readonly target: Target }): ReactElement => (
  <ul className="grid">
    {EXAMPLES.map((example) => (
      <Example key={example.name} example={example} target={target} />
    ))}
  </ul>
);
