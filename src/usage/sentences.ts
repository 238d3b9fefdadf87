/** What is unusual, in a sentence for people: the same in the API, on the pages and in the mail. */
import type { Kind, Usual } from './rules.ts';

/** A finding with the names that it is told with. */
export interface Told {
  readonly kind: Kind;
  readonly projectName: string;
  /** The operation; empty where it is of none. */
  readonly operation: string;
  /** Where the domain is still there. */
  readonly origin: string | null;
  readonly day: string;
  readonly figure: number;
  readonly total: number | null;
  readonly usual: Usual | null;
}

const number = (value: number): string => Math.round(value).toLocaleString('en');

const requests = (value: number): string => (value === 1 ? 'one request' : `${number(value)} requests`);

const percent = (share: number): string => {
  const points = share * 100;
  return `${points > 0 && points < 10 ? points.toFixed(1).replace('.0', '') : Math.round(points)} %`;
};

const writeDay = (day: string): string =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });

const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

const when = (day: string, today: string | undefined): string => {
  if (day === today) return 'today';
  return today !== undefined && day === dayBefore(today) ? 'yesterday' : `on ${writeDay(day)}`;
};

const usually = (usual: Usual | null): string => {
  if (usual === null) return '';
  const [low, high] = [number(usual.low), number(usual.high)];
  if (high === '0') return ', usually none';
  return low === high ? `, usually ${low}` : `, usually ${low} to ${high}`;
};

const usualShare = (usual: Usual | null): string => {
  if (usual === null) return '';
  return usual.high === 0 ? ', usually none' : `, usually up to ${percent(usual.high)}`;
};

/** @param today the UTC day of whoever reads it; undefined where it is read whenever, as a mail is. */
export const sentenceOf = (told: Told, today?: string): string => {
  const { kind, projectName, operation, origin, figure, total, usual } = told;
  const at = when(told.day, today);
  if (kind === 'busy') return `${projectName}: ${requests(figure)} ${at}${usually(usual)}.`;
  if (kind === 'domain')
    return `${projectName}: pages of ${origin ?? 'a domain that is removed by now'} called for the first time ${at}, with ${requests(figure)}.`;
  const of = total ?? figure;
  const share = percent(of === 0 ? 0 : figure / of);
  const what = kind === 'refused' ? 'were refused' : 'failed on our side';
  return `${projectName}, ${operation}: ${share} of ${requests(of)} ${at} ${what}${usualShare(usual)}.`;
};
