/** Use as figures: of today and this month, or of a range with how long it took. */
import type { ReactElement } from 'react';
import type { Usage } from '../../../api/shapes.ts';
import { cx } from '../../../components/class-names.ts';
import { Card } from '../../../components/page.tsx';
import { Duration } from './duration.tsx';
import { PERCENTILES, type Durations } from './durations.ts';
import { OUTCOMES, sayNumber, type Outcomes } from './outcomes.ts';

interface PeriodProps {
  readonly title: string;
  readonly aside: string;
  readonly outcomes: Outcomes;
}

const Period = ({ title, aside, outcomes }: PeriodProps): ReactElement => (
  <Card>
    <div className="flex flex-wrap items-baseline justify-between gap-x-3">
      <h3 className="text-lg">{title}</h3>
      <span className="text-sm text-quiet">{aside}</span>
    </div>
    <dl className="mt-3 flex flex-wrap gap-x-5 gap-y-3 sm:gap-x-8">
      {OUTCOMES.map(({ id, label, meaning, swatch }, index) => (
        <div key={id} className="grid content-start sm:min-w-20 gap-0.5" title={meaning}>
          <dt className="flex items-center gap-1.5 text-sm text-quiet">
            <span aria-hidden className={cx('size-2.5 flex-none rounded-xs', swatch)} />
            {label}
          </dt>
          <dd
            className={cx(
              'tabular-nums whitespace-nowrap',
              index === 0 ? 'text-2xl font-semibold sm:text-3xl' : 'text-xl sm:pt-1 sm:text-2xl',
              outcomes[id] === 0 && index > 0 && 'text-quiet',
            )}
          >
            {sayNumber(outcomes[id])}
          </dd>
        </div>
      ))}
    </dl>
  </Card>
);

/** Two cards. */
export const Figures = ({ usage }: { readonly usage: Usage }): ReactElement => (
  <div className="grid gap-4 md:grid-cols-2">
    <Period title="Today" aside="since 00:00 UTC" outcomes={usage.today} />
    <Period title="This month" aside="since the first, UTC" outcomes={usage.month} />
  </div>
);

const Speed = ({ durations }: { readonly durations: Durations | null }): ReactElement => (
  <Card>
    <div className="flex flex-wrap items-baseline justify-between gap-x-3">
      <h3 className="text-lg">How long they took</h3>
      <span className="text-sm text-quiet">estimated</span>
    </div>
    <dl className="mt-3 flex flex-wrap gap-x-5 gap-y-3 sm:gap-x-8">
      {PERCENTILES.map(({ id, label, meaning }) => (
        <div key={id} className="grid content-start gap-0.5 sm:min-w-20" title={meaning}>
          <dt className="text-sm text-quiet">{label}</dt>
          <dd className="text-xl tabular-nums">
            <Duration estimate={durations?.[id]} />
          </dd>
        </div>
      ))}
    </dl>
  </Card>
);

/** Two cards of a range. */
export const RangeFigures = ({
  title,
  usage,
}: {
  readonly title: string;
  readonly usage: Usage;
}): ReactElement => (
  <div className="grid gap-4 md:grid-cols-2">
    <Period title={title} aside="UTC" outcomes={usage.total} />
    <Speed durations={usage.total.durations} />
  </div>
);
