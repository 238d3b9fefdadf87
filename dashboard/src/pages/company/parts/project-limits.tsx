/** What a project may use, in words, and how much of it is used. */
import type { ReactElement } from 'react';
import type { Project } from '../../../api/shapes.ts';
import { cx } from '../../../components/class-names.ts';
import { sayNumber } from './outcomes.ts';
import { ProjectUse, ProjectUseOfMonth } from './project-use.tsx';

type Fact = readonly [string, ReactElement | string];

const sayRate = ({ per_second: second, burst }: Project): string =>
  burst === second
    ? `${sayNumber(second)} requests`
    : `${sayNumber(second)} requests over time, ${sayNumber(burst)} at once`;

const sayUnits = (units: number | null): string =>
  units === null ? 'No limit' : `${sayNumber(units)} requests`;

/** Facts of a list: limits and use, with a bar where there is a limit. */
export const limitFacts = (project: Project): readonly Fact[] => [
  ['In a second', sayRate(project)],
  ['In a UTC day', sayUnits(project.per_day)],
  ['In a UTC month', sayUnits(project.per_month)],
  ['Limits from', project.plan === null ? 'The project itself' : `The plan “${project.plan}”`],
  ['Used today', <ProjectUse key="today" project={project} />],
  ['Used this month', <ProjectUseOfMonth key="month" project={project} />],
];

/** That a day's or a month's requests are used up, and what that means. */
const Spent = ({ project }: { readonly project: Project }): ReactElement | null => {
  const isDay = project.per_day !== null && project.used_today >= project.per_day;
  const isMonth = project.per_month !== null && project.used_this_month >= project.per_month;
  if (!isDay && !isMonth) return null;
  const end = isMonth ? 'the first of next month, 00:00 UTC' : '00:00 UTC';
  return (
    <p className={cx('mt-4 font-medium', project.is_soft ? 'text-warn' : 'text-broken')}>
      The limit of the {isMonth ? 'month' : 'day'} is used up.{' '}
      {project.is_soft ? 'Requests are answered all the same.' : `Requests are refused until ${end}.`}
    </p>
  );
};

/** What happens at the limits, and who can raise them. */
export const LimitWords = ({ project }: { readonly project: Project }): ReactElement => (
  <>
    <Spent project={project} />
    <p className="mt-4 text-sm text-quiet">
      All keys of the project share these limits: more keys are not more requests. A request too many in a
      second is refused and told when to come again;{' '}
      {project.is_soft
        ? 'requests beyond a day’s or a month’s are answered all the same, and counted.'
        : 'so is one beyond a day’s or a month’s.'}{' '}
      Whoever runs this installation sets the limits; ask there for higher ones.
    </p>
  </>
);
