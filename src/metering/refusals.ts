/** Refused keys by reason, for the operator's metrics: what callers are never told. */
import type { GaugeReading } from './exposition.ts';

/** One figure a reason, such as `vouchsafe_refused_keys_other_network`. */
export const refusalGauges = (refusals: Readonly<Record<string, number>>): readonly GaugeReading[] =>
  Object.entries(refusals).map(([reason, value]) => ({
    name: `vouchsafe_refused_keys_${reason.replaceAll('-', '_')}`,
    help: `Requests whose key was refused since the process started, reason: ${reason}.`,
    value,
  }));
