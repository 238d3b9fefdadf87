/** One visitor as people read it. */
import type { ReactElement } from 'react';
import { Badge } from '../../../components/badge.tsx';
import { Card } from '../../../components/page.tsx';
import { cardOf, rangeName } from './facts.ts';

/** Flag, place and the rest, with the credit that the data ask for. */
export const VisitorCard = ({ answer }: { readonly answer: unknown }): ReactElement => {
  const { address, flag, place, specialUse, facts } = cardOf(answer);
  return (
    <Card>
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        {flag !== undefined && (
          // The country stands beside it in words, and some systems have no flags.
          <span aria-hidden className="text-4xl leading-none">
            {flag}
          </span>
        )}
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-serif text-xl font-semibold wrap-anywhere">{place ?? 'No place is known'}</p>
          <p className="font-mono text-sm text-quiet wrap-anywhere">{address}</p>
        </div>
        {specialUse !== undefined && <Badge>{specialUse.replaceAll('_', ' ')}</Badge>}
      </div>
      {specialUse !== undefined && (
        <p className="mb-4 max-w-2xl">
          This address is {rangeName(specialUse)}: it is the same everywhere and stands nowhere. Visitors from
          outside have a country; look one of their addresses up to see.
        </p>
      )}
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
        {facts.map(({ name, value }) => (
          <div key={name} className="grid gap-x-6 sm:col-span-2 sm:grid-cols-subgrid sm:items-baseline">
            <dt className="text-sm text-quiet">{name}</dt>
            <dd className="min-w-0 wrap-anywhere">
              {value ?? <span className="text-quiet">not known</span>}
            </dd>
          </div>
        ))}
      </dl>
      {place !== undefined && (
        <p className="mt-4 text-sm text-quiet">
          <a className="link" href="https://db-ip.com">
            IP Geolocation by DB-IP
          </a>{' '}
          and others, see{' '}
          <a className="link" href="/credits">
            credits
          </a>
          .
        </p>
      )}
    </Card>
  );
};
