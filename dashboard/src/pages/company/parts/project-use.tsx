/** How much of a day's or a month's quota a project has used. */
import type { ReactElement } from 'react';
import type { Project } from '../../../api/shapes.ts';
import { cx } from '../../../components/class-names.ts';
import { sayNumber } from './outcomes.ts';

/** From here on the meter warns. */
const NEARLY = 0.8;

interface UseMeterProps {
  readonly label: string;
  readonly used: number;
  /** Null where there is no limit. */
  readonly most: number | null;
  /** What is said where there is none. */
  readonly unlimited: string;
  readonly isSoft: boolean;
}

/** "120 of 2,500" with a meter; the number alone where there is no limit. */
const UseMeter = ({ label, used, most, unlimited, isSoft }: UseMeterProps): ReactElement => {
  if (most === null)
    return (
      <span className="tabular-nums">
        {sayNumber(used)}, {unlimited}
      </span>
    );
  const share = most === 0 ? 1 : Math.min(1, used / most);
  const colour = share >= 1 ? (isSoft ? 'bg-warn' : 'bg-broken') : share >= NEARLY ? 'bg-warn' : 'bg-link';
  const beyond = isSoft && used > most ? `, ${sayNumber(used - most)} beyond` : '';
  const text = `${sayNumber(used)} of ${sayNumber(most)}${beyond}`;
  return (
    <span className="grid min-w-36 gap-1">
      <span className="tabular-nums">{text}</span>
      <span
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={most}
        aria-valuenow={Math.min(used, most)}
        aria-valuetext={text}
        className="block h-1.5 overflow-hidden rounded-full bg-line"
      >
        <span className={cx('block h-full rounded-full', colour)} style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  );
};

interface ProjectUseProps {
  readonly project: Project;
}

/** What a project used today. */
export const ProjectUse = ({ project }: ProjectUseProps): ReactElement => (
  <UseMeter
    label={`Used today by ${project.name}`}
    used={project.used_today}
    most={project.per_day}
    unlimited="no daily limit"
    isSoft={project.is_soft}
  />
);

/** What a project used since the first of the month. */
export const ProjectUseOfMonth = ({ project }: ProjectUseProps): ReactElement => (
  <UseMeter
    label={`Used this month by ${project.name}`}
    used={project.used_this_month}
    most={project.per_month}
    unlimited="no monthly limit"
    isSoft={project.is_soft}
  />
);
