/** Stacked bars by day, on a canvas. Loaded only where a chart is shown. */
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, type ReactElement } from 'react';
import uPlot from 'uplot';
import { readColour, useIsDark } from '../../../shell/theme.ts';
import { OUTCOMES, sayBar, type Day, type Interval } from './outcomes.ts';

/** CSS pixels. */
const HEIGHT = 220;
/** Room for one label under the bars. */
const LABEL_WIDTH = 64;
const WHOLE_STEPS = [1, 2, 5].flatMap((step) =>
  Array.from({ length: 12 }, (_none, power) => step * 10 ** power),
);
const COMPACT = new Intl.NumberFormat('en-GB', { notation: 'compact' });

/** Each series is what stands at its height or below; drawn from the highest to the lowest, they look stacked. */
const stack = (days: readonly Day[]): uPlot.AlignedData => [
  days.map((_day, index) => index),
  days.map(({ ok, refused, failed }) => ok + refused + failed),
  days.map(({ ok, refused }) => ok + refused),
  days.map(({ ok }) => ok),
];

interface Shown {
  readonly days: readonly Day[];
  readonly by: Interval;
  readonly onPoint: (index: number | undefined) => void;
}

const optionsFor = (width: number, shown: () => Shown): uPlot.Options => {
  const quiet = readColour('quiet');
  const line = readColour('line');
  const bars = uPlot.paths.bars?.({ size: [0.7, 28] });
  if (bars === undefined) throw new Error('this build of uPlot draws no bars');
  const font = '12px system-ui, sans-serif';
  const count = (): number => shown().days.length;
  return {
    width,
    height: HEIGHT,
    // The last label is centred under the last bar, and half of it stands beside the bars.
    padding: [10, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: () => [-0.5, count() - 0.5] },
      y: { range: (_chart, _low, high) => [0, Math.max(4, Math.ceil(high * 1.05))] },
    },
    axes: [
      {
        stroke: quiet,
        font,
        size: 28,
        gap: 6,
        grid: { show: false },
        ticks: { show: false },
        splits: (chart) => {
          const every = Math.max(1, Math.ceil((count() * LABEL_WIDTH) / Math.max(1, chart.width)));
          // From today backwards, so that today always has its label.
          return Array.from(
            { length: Math.ceil(count() / every) },
            (_none, at) => count() - 1 - at * every,
          ).reverse();
        },
        values: (_chart, places) =>
          places.map((at) => sayBar(shown().days[at]?.day ?? '1970-01-01', shown().by)),
      },
      {
        stroke: quiet,
        font,
        size: 48,
        gap: 6,
        incrs: WHOLE_STEPS,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        values: (_chart, values) => values.map((value) => COMPACT.format(value)),
      },
    ],
    series: [
      {},
      ...OUTCOMES.toReversed().map(({ label, token }): uPlot.Series => {
        const colour = readColour(token);
        return {
          label,
          width: 0,
          fill: colour,
          stroke: colour,
          points: { show: false },
          paths: bars,
        };
      }),
    ],
    hooks: { setCursor: [(chart) => shown().onPoint(chart.cursor.idx ?? undefined)] },
  };
};

/** The bars. `onPoint` gets the index of the day under the pointer. */
export const Chart = ({ days, by, onPoint }: Shown): ReactElement => {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef<Shown>({ days, by, onPoint });
  const isDark = useIsDark();

  useEffect(() => {
    latest.current = { days, by, onPoint };
    chart.current?.setData(stack(days));
  }, [days, by, onPoint]);

  useEffect(() => {
    const { current: box } = place;
    if (box === null) return undefined;
    const made = new uPlot(
      optionsFor(box.clientWidth, () => latest.current),
      stack(latest.current.days),
      box,
    );
    chart.current = made;
    const watch = new ResizeObserver(() => {
      if (box.clientWidth !== made.width) made.setSize({ width: box.clientWidth, height: HEIGHT });
    });
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = undefined;
    };
    // Colours are read when the chart is made: another theme, another chart.
  }, [isDark]);

  return <div ref={place} aria-hidden className="h-[220px] min-w-0 overflow-hidden" />;
};
