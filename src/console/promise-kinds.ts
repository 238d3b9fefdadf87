/** The five kinds of promises (decision 8), in words for someone who reads the security page for the first time. */
import type { PromiseView } from '../promises/report.ts';

export interface KindNote {
  readonly kind: PromiseView['kind'];
  /** Where the explanation stands on the page. */
  readonly anchor: string;
  readonly explanation: string;
}

export const KINDS: readonly KindNote[] = [
  {
    kind: 'enforced by configuration',
    anchor: 'kind-configuration',
    explanation:
      'The server does not start otherwise. The check reads what is in force in the running system.',
  },
  {
    kind: 'proved by schema',
    anchor: 'kind-schema',
    explanation: 'The database has no place where it could be stored. The check reads the live schema.',
  },
  {
    kind: 'canary-tested',
    anchor: 'kind-canary',
    explanation:
      'The server makes a synthetic case of its own, a key that it revokes for example, and measures what happens to it.',
  },
  {
    kind: 'repeatable from outside',
    anchor: 'kind-outside',
    explanation: 'You need not believe this page: the command below the sentence shows it to you.',
  },
  {
    kind: 'attested by a person',
    anchor: 'kind-person',
    explanation: 'No machine can see it. A named person says so on a date, and it is never shown as checked.',
  },
];

/** The anchor of a kind's explanation. */
export const kindAnchor = (kind: PromiseView['kind']): string =>
  KINDS.find((note) => note.kind === kind)?.anchor ?? 'kinds';
