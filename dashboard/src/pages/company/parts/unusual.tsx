/** What is unusual about the use, in sentences. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { read } from '../../../api/query.ts';
import type { Finding } from '../../../api/shapes.ts';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/page.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useCompany } from '../../../shell/company.ts';

/** It is looked for every half hour; milliseconds. */
const EVERY = 60_000;
const DAY_MS = 86_400_000;
/** Shown at once; the rest on demand. */
const FIRST = 5;

const useUnusual = (project?: string): ReturnType<typeof useQuery<{ readonly items: Finding[] }>> => {
  const { id: company } = useCompany();
  const query = project === undefined ? {} : { project };
  return useQuery({ ...read('usage.unusual', { params: { company }, query }), refetchInterval: EVERY });
};

const keyOf = ({ project, kind, operation, domain, day }: Finding): string =>
  [project, kind, operation, domain?.id, day].join(' ');

const Sentences = ({ findings }: { readonly findings: readonly Finding[] }): ReactElement => (
  <ul className="grid gap-1.5">
    {findings.map((one) => (
      <li key={keyOf(one)} className="wrap-anywhere">
        {one.sentence}
      </li>
    ))}
  </ul>
);

/** What was unusual today and yesterday; nothing where nothing was. @param today `YYYY-MM-DD`, as the server has it. */
export const UnusualNow = ({ today }: { readonly today: string }): ReactElement | null => {
  const { id: company } = useCompany();
  const yesterday = new Date(Date.parse(`${today}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
  const recent = useUnusual().data?.items.filter(({ day }) => day >= yesterday) ?? [];
  if (recent.length === 0) return null;
  return (
    <div className="mb-10">
      <Notice tone="warn" title="Not as usual">
        <Sentences findings={recent.slice(0, FIRST)} />
        <p>
          <Link className="link" to="/companies/$company/usage" params={{ company }}>
            See the usage
          </Link>
        </p>
      </Notice>
    </div>
  );
};

/** All that was found in the last three months. */
export const UnusualSection = ({ project }: { readonly project?: string | undefined }): ReactElement => {
  const { id: company } = useCompany();
  const unusual = useUnusual(project);
  return (
    <Section
      title="Unusual"
      lead={
        <>
          Days, domains and errors that are not like the four weeks before, of the last 90 days. To get them
          by mail, see the{' '}
          <Link className="link" to="/companies/$company/settings" params={{ company }}>
            settings
          </Link>
          .
        </>
      }
    >
      <QueryView query={unusual}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-quiet">Nothing so far.</p>
          ) : (
            <>
              <Sentences findings={items.slice(0, FIRST)} />
              {items.length > FIRST && (
                <details>
                  <summary className="link w-fit cursor-pointer text-sm">Earlier ones</summary>
                  <div className="mt-2">
                    <Sentences findings={items.slice(FIRST)} />
                  </div>
                </details>
              )}
            </>
          )
        }
      </QueryView>
    </Section>
  );
};
