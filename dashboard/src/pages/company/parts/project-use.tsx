/** How much of its day's quota a project has used. */
import type { ReactElement } from 'react';
import type { Project } from '../../../api/shapes.ts';
import { cx } from '../../../components/class-names.ts';
import { sayNumber } from './outcomes.ts';

/** From here on the meter warns. */
const NEARLY = 0.8;

/** "120 of 2,500" with a meter; the number alone where there is no limit. */
export const ProjectUse = ({ project }: { readonly project: Project }): ReactElement => {
  const { used_today: used, per_day: most } = project;
  if (most === null) return <span className="tabular-nums">{sayNumber(used)}, no daily limit</span>;
  const share = most === 0 ? 1 : Math.min(1, used / most);
  const colour = share >= 1 ? 'bg-broken' : share >= NEARLY ? 'bg-warn' : 'bg-link';
  const text = `${sayNumber(used)} of ${sayNumber(most)}`;
  return (
    <span className="grid min-w-36 gap-1">
      <span className="tabular-nums">{text}</span>
      <span
        role="meter"
        aria-label={`Used today by ${project.name}`}
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
