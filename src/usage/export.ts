/** The counters of a company as a file for spreadsheets. */
import { csvLine } from '../audit/csv.ts';
import { percentilesOf, type DurationEstimate } from '../metering/percentiles.ts';
import type { Database } from '../store/database.ts';
import { keyOf, refuseUnknown, type UsageFilter } from './filter.ts';
import { MOST_EXPORTED } from './limits.ts';
import { exportTooLarge } from './problems.ts';
import { daysOf } from './range.ts';
import { listCounters } from './store.ts';

const HEADER: readonly string[] = [
  'day',
  'project',
  'project_name',
  'key',
  'key_name',
  'operation',
  'outcome',
  'count',
  ...['p50', 'p90', 'p99'].flatMap((name) => [`${name}_ms`, `${name}_at_most_ms`]),
];

/** Days that are read at once: other requests of this thread are answered in between. */
const DAYS_AT_ONCE = 7;

const fieldsOf = (estimate: DurationEstimate | undefined): readonly string[] =>
  estimate === undefined ? ['', ''] : [String(estimate.estimate_ms), String(estimate.at_most_ms ?? '')];

/**
 * One row a day, project, key, operation and outcome, with estimates of its durations, as CSV (RFC 4180) in UTF-8.
 * @throws project_not_found, key_not_found (404), usage_export_too_large (422).
 */
export const exportUsage = (
  database: Pick<Database, 'as'>,
  filter: UsageFilter,
  most = MOST_EXPORTED,
): Promise<string> =>
  database.as({ company: filter.company, user: filter.user }, async (tx) => {
    const { company, project = null, range } = filter;
    await refuseUnknown(tx, filter);
    let text = csvLine(HEADER);
    let left = most;
    const days = daysOf(range);
    for (let at = 0; at < days.length; at += DAYS_AT_ONCE) {
      const [first = '', last = first] = [days[at], days[Math.min(at + DAYS_AT_ONCE, days.length) - 1]];
      const rows = await tx.all(listCounters, [company, project, keyOf(filter), first, last, left + 1]);
      left -= rows.length;
      if (left < 0) throw exportTooLarge(most);
      for (const row of rows) {
        const { p50, p90, p99 } = percentilesOf(row.durations) ?? {};
        text += csvLine([
          row.day,
          row.project_id,
          row.project_name ?? '',
          row.key_id,
          row.key_name ?? '',
          row.operation,
          row.outcome,
          String(row.count),
          ...[p50, p90, p99].flatMap(fieldsOf),
        ]);
      }
    }
    return text;
  });
