/** What the edge did not serve, for the operator's metrics. */
import { SHED } from './http/overload.ts';
import { CUT } from './http/pipeline.ts';
import type { Tally } from './metering/board.ts';
import type { GaugeReading } from './metering/exposition.ts';

const countOf = (tallies: readonly Tally[], operation: string): number =>
  tallies.reduce((sum, tally) => (tally.operation === operation ? sum + tally.count : sum), 0);

/** Both grow from 0 at the start of the process, which is also when they first appear. */
export const edgeGauges = (tallies: readonly Tally[]): readonly GaugeReading[] => [
  {
    name: 'vouchsafe_shed_requests_total',
    help: 'Requests answered 503 without being begun, because a worker did not keep up.',
    value: countOf(tallies, SHED),
  },
  {
    name: 'vouchsafe_cut_connections_total',
    help: 'Connections closed without a word: too many, or clients that did not take their answers.',
    value: countOf(tallies, CUT),
  },
];
