/** Why rows could not be had, and what helps where the server took too long to find them. */
import type { ReactElement } from 'react';
import { ApiProblem } from '../../../../api/problem.ts';
import { ButtonLink } from '../../../../components/button.tsx';
import { ErrorPanel } from '../../../../components/error-panel.tsx';
import { Notice } from '../../../../components/notice.tsx';
import type { Dataset } from '../shapes.ts';

/** SQLSTATE query_canceled: the statement took too long. */
const TOO_SLOW = '57014';

interface RowsProblemProps {
  readonly company: string;
  readonly dataset: Dataset;
  readonly problem: unknown;
  readonly onRetry: () => void;
}

/** Those who manage the dataset are led to its indexes. */
export const RowsProblem = ({ company, dataset, problem, onRetry }: RowsProblemProps): ReactElement => {
  if (!(problem instanceof ApiProblem) || problem.code !== TOO_SLOW)
    return <ErrorPanel problem={problem} onRetry={onRetry} />;
  const told = new ApiProblem(problem.status, {
    ...problem.members,
    title: 'It took too long to find these rows.',
    detail: 'Look for something rarer, or filter by a column that has an index.',
  });
  return (
    <>
      <ErrorPanel problem={told} onRetry={onRetry} />
      {dataset.right === 'manage' && dataset.company === null && (
        <Notice>
          <p>An index may help: those that would have served what was asked lately are suggested.</p>
          <p>
            <ButtonLink
              small
              to="/companies/$company/datasets/$dataset/indexes"
              params={{ company, dataset: dataset.id }}
            >
              Indexes
            </ButtonLink>
          </p>
        </Notice>
      )}
    </>
  );
};
