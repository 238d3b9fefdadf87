/** Limits as options of a command, and in words. */
import type { ProjectLimits } from '../foundation/caller.ts';
import { UsageError } from './command.ts';

/** For `parseArgs`. */
export const LIMIT_OPTIONS = {
  'per-second': { type: 'string' },
  burst: { type: 'string' },
  'per-day': { type: 'string' },
  'per-month': { type: 'string' },
  soft: { type: 'boolean' },
  hard: { type: 'boolean' },
} as const;

export interface LimitValues {
  readonly 'per-second'?: string | undefined;
  readonly burst?: string | undefined;
  readonly 'per-day'?: string | undefined;
  readonly 'per-month'?: string | undefined;
  readonly soft?: boolean | undefined;
  readonly hard?: boolean | undefined;
}

/** The lines of `--help` about them. */
export const LIMIT_HELP: readonly string[] = [
  '--per-second N   requests in a second, over time: 1 to 1000000',
  '--burst N        requests that may come at once: 1 to 1000000; as many as in a second where it is never given',
  '--per-day N      requests in a UTC day, or none for no such limit',
  '--per-month N    requests in a UTC month, or none for no such limit',
  '--soft           requests beyond those of a day or a month are answered and counted; --hard: they are refused',
];

const MOST_A_SECOND = 1_000_000;
const MOST_UNITS = 2_000_000_000;

const whole = (option: string, text: string, least: number, most: number): number => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `--${option} takes a whole number from ${least} to ${most}, for example --${option} 100`,
  );
};

const units = (option: string, text: string | undefined, before: number | null): number | null => {
  if (text === undefined) return before;
  if (text === 'none') return null;
  if (!/^\d/.test(text)) throw new UsageError(`--${option} takes a whole number, or none.`);
  return whole(option, text, 0, MOST_UNITS);
};

/** Whether any of them was given. */
export const hasLimits = (values: LimitValues): boolean =>
  Object.keys(LIMIT_OPTIONS).some((option) => values[option as keyof LimitValues] !== undefined);

/**
 * What is left out stays as it was before; a burst as large as a second's goes with the second.
 * @throws {UsageError} with an example.
 */
export const limitsFrom = (values: LimitValues, before: ProjectLimits): ProjectLimits => {
  if (values.soft === true && values.hard === true) throw new UsageError('Say --soft or --hard, not both.');
  const { 'per-second': second, burst } = values;
  const perSecond = second === undefined ? before.perSecond : whole('per-second', second, 1, MOST_A_SECOND);
  const burstBefore = before.burst === before.perSecond ? perSecond : before.burst;
  return {
    perSecond,
    burst: burst === undefined ? burstBefore : whole('burst', burst, 1, MOST_A_SECOND),
    perDay: units('per-day', values['per-day'], before.perDay),
    perMonth: units('per-month', values['per-month'], before.perMonth),
    isSoft: values.soft === true || (values.hard !== true && before.isSoft),
  };
};

/** "10 a second, 20 at once, 2500 a day, any number a month, hard". */
export const sayLimits = ({ perSecond, burst, perDay, perMonth, isSoft }: ProjectLimits): string => {
  const parts = [
    `${perSecond} a second`,
    ...(burst === perSecond ? [] : [`${burst} at once`]),
    `${perDay ?? 'any number'} a day`,
    ...(perMonth === null ? [] : [`${perMonth} a month`]),
    ...(isSoft ? ['soft'] : []),
  ];
  return parts.join(', ');
};
