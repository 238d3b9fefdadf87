/** How old the address data in use are, for the metrics page. */
import type { Clock } from '../../foundation/clock.ts';
import type { GaugeReading } from '../../metering/exposition.ts';
import type { LayerSummary } from '../../services/visitor/addresses/address-data.ts';

const NAME = 'vouchsafe_visitor_data_age_seconds';

/** Seconds since the day of the data began, never negative. */
const ageInSeconds = (builtAt: string, now: number): number =>
  Math.max(0, Math.round((now - Date.parse(builtAt)) / 1000));

/** A figure for each layer. */
export const ageGauges = (layers: readonly LayerSummary[], clock: Clock): readonly GaugeReading[] =>
  layers.map(({ layer, builtAt }) => ({
    name: NAME,
    labels: { layer },
    help: 'Seconds since the day of the address data that answer, by layer.',
    value: ageInSeconds(builtAt, clock.now()),
  }));
