/** The counts from which indexes are suggested. */
import { statement } from '../../../store/statement.ts';

/** Adds counts `$5` of columns `$2` of datasets `$1`, of kinds `$3`, on UTC days `$4`; those of datasets that are gone are nothing. */
export const countDatasetUses = statement({
  name: 'datasets.count-uses',
  text: 'select vouchsafe.count_dataset_uses($1, $2, $3, $4, $5) as counted',
  params: ['text[]', 'text[]', 'text[]', 'date[]', 'int8[]'],
  columns: { counted: 'void' },
});

/** Forgets earlier days. */
export const sweepDatasetUses = statement({
  name: 'datasets.sweep-uses',
  text: 'select vouchsafe.sweep_dataset_uses($1) as swept',
  params: ['date'],
  columns: { swept: 'int8?' },
});
