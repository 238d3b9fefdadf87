/** Indexes that would have served the reads that were seen. */
import type { ReactElement } from 'react';
import { Button } from '../../../../components/button.tsx';
import { ErrorPanel } from '../../../../components/error-panel.tsx';
import { useCompany } from '../../../../shell/company.ts';
import type { IndexSuggestion } from '../shapes.ts';
import { useBuild } from './use-build.ts';
import { nameOf } from './words.ts';

interface SuggestionProps {
  readonly dataset: string;
  readonly suggestion: IndexSuggestion;
}

const Suggestion = ({ dataset, suggestion }: SuggestionProps): ReactElement => {
  const { id: company } = useCompany();
  const build = useBuild(company, dataset);
  const { kind, columns, why } = suggestion;
  const name = nameOf(suggestion);
  return (
    <li className="grid gap-3 rounded-card border border-line bg-raised p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <span className="grid min-w-0 flex-1 basis-60 gap-1">
          <bdi className="font-medium wrap-anywhere">{name}</bdi>
          <span className="text-sm wrap-anywhere text-quiet">{why}</span>
        </span>
        <Button
          look="primary"
          aria-label={`Build the index ${name}`}
          pending={build.pending}
          onClick={() => void build.run(kind === 'search' ? { search: true } : { columns })}
        >
          Build
        </Button>
      </div>
      {build.problem !== undefined && <ErrorPanel problem={build.problem} />}
    </li>
  );
};

/** One card each, most useful first. */
export const Suggestions = ({
  dataset,
  suggestions,
}: {
  readonly dataset: string;
  readonly suggestions: readonly IndexSuggestion[];
}): ReactElement => (
  <ul className="grid gap-3">
    {suggestions.map((suggestion) => (
      <Suggestion
        key={JSON.stringify([suggestion.kind, suggestion.columns])}
        dataset={dataset}
        suggestion={suggestion}
      />
    ))}
  </ul>
);
