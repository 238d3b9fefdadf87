import { collectDefaultMetrics, Registry } from 'prom-client';
import { BUCKET_SECONDS, type Tally } from './board.ts';

/** Gauges that the composition root knows how to read: name, help and current value. */
export interface GaugeReading {
  readonly name: string;
  /** Words of our own tables; readings of one name follow each other. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly help: string;
  readonly value: number;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

const samplesOf = (name: string, tally: Tally): Sample[] => {
  const labels = { operation: tally.operation, outcome: tally.outcome };
  let cumulative = 0;
  const samples: Sample[] = tally.buckets.map((count, bucket) => {
    cumulative += count;
    const le = BUCKET_SECONDS[bucket] ?? '+Inf';
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: cumulative };
  });
  samples.push({ metricName: `${name}_sum`, labels, value: tally.seconds });
  samples.push({ metricName: `${name}_count`, labels, value: tally.count });
  return samples;
};

export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

/**
 * The metrics page in Prometheus' text format: requests by operation and outcome, durations, the process's own
 * figures. Labels are operation names and outcomes from our own tables; no label could hold what a caller sent.
 */
export const createExposition = (
  read: () => readonly Tally[],
  gauges: () => readonly GaugeReading[],
): Exposition => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const name = 'vouchsafe_request_duration_seconds';
  const duration = {
    name,
    help: 'Requests by operation and outcome, with their duration.',
    type: 'histogram',
    aggregator: 'sum',
    get: () =>
      Promise.resolve({
        name,
        help: duration.help,
        type: duration.type,
        aggregator: duration.aggregator,
        values: read().flatMap((tally) => samplesOf(name, tally)),
      }),
    reset: () => {},
  };
  // prom-client's registry takes anything with a name and get(); its type names only its own classes.
  registry.registerMetric(duration as never);
  return {
    contentType: registry.contentType,
    text: async () => {
      let last = '';
      const lines: string[] = [];
      for (const { name: gauge, labels = {}, help, value } of gauges()) {
        if (gauge !== last) lines.push('', `# HELP ${gauge} ${help}`, `# TYPE ${gauge} gauge`);
        last = gauge;
        const inside = Object.entries(labels).map(([label, word]) => `${label}="${word}"`);
        lines.push(inside.length === 0 ? `${gauge} ${value}` : `${gauge}{${inside.join(',')}} ${value}`);
      }
      return `${await registry.metrics()}\n${lines.join('\n')}\n`;
    },
  };
};
