/** How far something is that takes its time. */
import type { ReactElement, ReactNode } from 'react';

interface ProgressProps {
  readonly label: string;
  readonly done: number;
  /** 0 where it is not known. */
  readonly whole: number;
  readonly children?: ReactNode;
}

/** The browser's own bar, and the same in words. */
export const Progress = ({ label, done, whole, children }: ProgressProps): ReactElement => {
  const percent = whole === 0 ? 0 : Math.min(100, Math.floor((done / whole) * 100));
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-baseline justify-between gap-3">
        <span className="font-medium">{label}</span>
        {whole > 0 && <span className="tabular-nums">{percent} %</span>}
      </div>
      <progress
        aria-label={label}
        className="h-2.5 w-full appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-act [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-act"
        {...(whole === 0 ? {} : { max: 100, value: percent })}
      />
      {children !== undefined && <p className="text-sm text-quiet">{children}</p>}
    </div>
  );
};
