/** How the values of a column are spread, as bars. */
import type { ReactElement } from 'react';
import type { Bar } from '../shapes.ts';
import { sayCount } from '../words.ts';

const WIDTH = 320;
const HEIGHT = 72;
const GAP = 1;

/** Bars of the counts; read out as one sentence. */
export const Histogram = ({
  bars,
  column,
}: {
  readonly bars: readonly Bar[];
  readonly column: string;
}): ReactElement => {
  const highest = Math.max(1, ...bars.map(({ count }) => count));
  const step = WIDTH / Math.max(1, bars.length);
  const top = bars.reduce<Bar | undefined>(
    (best, bar) => (best === undefined || bar.count > best.count ? bar : best),
    undefined,
  );
  const said =
    top === undefined
      ? `No values of ${column}`
      : `Spread of ${column}: most (${sayCount(top.count)}) from ${top.from} to ${top.to}`;
  return (
    <figure className="grid gap-1">
      <svg
        role="img"
        aria-label={said}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-18 w-full"
      >
        {bars.map(({ from, to, count }, index) => {
          const height = count === 0 ? 0 : Math.max(2, (count / highest) * HEIGHT);
          return (
            <rect
              key={`${index} ${from}`}
              x={index * step}
              y={HEIGHT - height}
              width={Math.max(0.5, step - GAP)}
              height={height}
              className="fill-link"
            >
              <title>{`${from} to ${to}: ${sayCount(count)}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="flex justify-between gap-3 text-xs text-quiet tabular-nums">
        <span className="truncate">{bars[0]?.from}</span>
        <span className="truncate">{bars.at(-1)?.to}</span>
      </figcaption>
    </figure>
  );
};
