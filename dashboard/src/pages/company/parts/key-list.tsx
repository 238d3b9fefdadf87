/** Keys of one project or of all: the table, or what to do first. */
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Project } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Notice } from '../../../components/notice.tsx';
import { useCompany } from '../../../shell/company.ts';
import { curlLine } from './curl-line.ts';
import { works } from './key-state.ts';
import { KeyTable } from './key-table.tsx';
import { PagesView, usePages } from './pages.tsx';

interface KeyListProps {
  /** Only of this one. */
  readonly project?: string | undefined;
  /** For the column of projects; left out where it would say the same in each row. */
  readonly projects?: readonly Project[];
  readonly onNew: () => void;
}

const ProjectLink = ({ project }: { readonly project: Project }): ReactElement => {
  const { id: company } = useCompany();
  return (
    <Link
      className="link wrap-anywhere sm:wrap-break-word"
      to="/companies/$company/projects/$project"
      params={{ company, project: project.id }}
    >
      {project.name}
    </Link>
  );
};

/** The list. */
export const KeyList = ({ project, projects, onNew }: KeyListProps): ReactElement => {
  const { id: company, may } = useCompany();
  const pages = usePages('keys.list', {
    params: { company },
    query: project === undefined ? {} : { project },
  });
  const nameOf = (id: string): ReactElement | string => {
    const found = projects?.find((one) => one.id === id);
    return found === undefined ? '…' : <ProjectLink project={found} />;
  };
  return (
    <PagesView pages={pages}>
      {(keys) =>
        keys.length === 0 ? (
          <EmptyState
            title="No keys yet"
            next={
              may('keys.change')
                ? 'Make one, then use it in your first call.'
                : 'Ask a colleague for one, then use it in your first call.'
            }
            action={
              may('keys.change') && (
                <Button look="primary" onClick={onNew}>
                  Make a key
                </Button>
              )
            }
            curl={curlLine(location)}
          />
        ) : (
          <>
            {keys.some((key) => key.exposed_at !== null && works(key, Date.now())) && (
              <Notice tone="bad" title="A secret may be in the wrong hands">
                <p>
                  It was sent over plain HTTP. Whoever listened on the way may have it. Rotate keys that are
                  marked as exposed without any overlap, or revoke them, and use https:// in your program.
                </p>
              </Notice>
            )}
            <KeyTable keys={keys} {...(projects === undefined ? {} : { projectName: nameOf })} />
          </>
        )
      }
    </PagesView>
  );
};
