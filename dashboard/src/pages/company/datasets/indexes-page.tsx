/** Indexes of a dataset: those that it has, those that would help, and one that somebody wants. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call, type Reply } from '../../../api/client.ts';
import { read, refresh } from '../../../api/query.ts';
import { AlertDialog } from '../../../components/dialog.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Section } from '../../../components/page.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { toast } from '../../../components/toast.tsx';
import { useCompany } from '../../../shell/company.ts';
import { IndexTable } from './indexes/index-table.tsx';
import { NewIndex } from './indexes/new-index.tsx';
import { Suggestions } from './indexes/suggestions.tsx';
import { isUnderWay, nameOf } from './indexes/words.ts';
import { DatasetPart } from './parts/dataset-head.tsx';
import { Managed } from './parts/managed.tsx';
import type { Dataset, Index } from './shapes.ts';

/** Milliseconds between two looks while one is built. */
const LOOK_AGAIN_MS = 1_000;

interface DropProps {
  readonly dataset: string;
  /** Undefined while nobody wants to drop one. */
  readonly index: Index | undefined;
  readonly onClose: () => void;
}

const Drop = ({ dataset, index, onClose }: DropProps): ReactElement => {
  const { id: company } = useCompany();
  const drop = async (): Promise<void> => {
    if (index === undefined || index.index === null) return;
    await call('datasets.dropIndex', { params: { company, dataset, index: String(index.index) } });
    await refresh('datasets.indexes', 'datasets.activity');
    toast('The index goes.');
  };
  return (
    <AlertDialog
      open={index !== undefined}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title={index === undefined ? '' : `Drop the index ${nameOf(index)}?`}
      confirm="Drop index"
      onConfirm={drop}
    >
      <p>Nothing of the rows is lost. Reads that it serves go on, only slower; it can be built again.</p>
    </AlertDialog>
  );
};

const All = ({
  dataset,
  shown: { items, suggestions },
}: {
  readonly dataset: Dataset;
  readonly shown: Reply<'datasets.indexes'>;
}): ReactElement => {
  const [dropped, setDropped] = useState<Index | undefined>(undefined);
  return (
    <>
      {suggestions.length > 0 && (
        <Section
          title="Suggested"
          lead="From how often rows were asked for by each column; by which value, and by whom, is not counted."
        >
          <Suggestions dataset={dataset.id} suggestions={suggestions} />
        </Section>
      )}
      <Section
        title="Indexes"
        lead="Each makes reads by its columns quick, and writing a little slower. Uploads and restored versions are given the same."
      >
        {items.length === 0 ? (
          <EmptyState
            title="No index yet"
            next={
              suggestions.length === 0
                ? 'None is missed so far: one is suggested here when many reads ask for rows by the same column. You can make one below before that.'
                : 'Build one that is suggested above, or choose a column below.'
            }
          />
        ) : (
          <IndexTable items={items} onDrop={setDropped} />
        )}
      </Section>
      <Section title="Another index">
        <NewIndex dataset={dataset} items={items} />
      </Section>
      <Drop dataset={dataset.id} index={dropped} onClose={() => setDropped(undefined)} />
    </>
  );
};

const Indexes = ({ dataset }: { readonly dataset: Dataset }): ReactElement => {
  const { id: company } = useCompany();
  const indexes = useQuery({
    ...read('datasets.indexes', { params: { company, dataset: dataset.id } }),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) === true ? LOOK_AGAIN_MS : false),
  });
  return (
    <QueryView query={indexes} lines={5}>
      {(shown) => <All dataset={dataset} shown={shown} />}
    </QueryView>
  );
};

/** The page. */
export const IndexesPage = (): ReactElement => (
  <DatasetPart part="Indexes">
    {(dataset) => (
      <Managed dataset={dataset} title="Indexes" what="its indexes">
        <Indexes dataset={dataset} />
      </Managed>
    )}
  </DatasetPart>
);
