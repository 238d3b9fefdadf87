/** Where the link of an invitation to a dataset leads: into one of the companies of whoever opens it. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call, type Reply } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { read } from '../../api/query.ts';
import type { Session } from '../../api/shapes.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { DateTime } from '../../components/date-time.tsx';
import { Form } from '../../components/form.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Select } from '../../components/text-field.tsx';
import { dropToken, useToken } from '../../token.ts';
import { forInvited } from '../company/datasets/people/sharing-problems.ts';
import { useSharingAction } from '../company/datasets/people/use-sharing-action.ts';
import { LinkProblem, ToSignIn } from './public-parts.tsx';
import { SomeoneElse } from './someone-else.tsx';

type Invitation = Reply<'datasets.read-invitation'>;

interface AcceptProps {
  readonly token: string;
  readonly session: Session;
}

const Accept = ({ token, session }: AcceptProps): ReactElement => {
  const navigate = useNavigate();
  const [company, setCompany] = useState(session.memberships[0]?.company ?? '');
  const action = useSharingAction(async () => {
    const accepted = await call('datasets.accept-invitation', { params: { company }, body: { token } });
    dropToken();
    await navigate({
      to: '/companies/$company/datasets/$dataset',
      params: { company, dataset: accepted.dataset },
    });
  }, forInvited);
  return (
    <Form action={action} label="Accept the invitation">
      {session.memberships.length > 1 && (
        <Select
          label="In which of your companies"
          hint="You see the dataset while you act for this company, and lose it if you leave it."
          value={company}
          onChange={setCompany}
          choices={session.memberships.map((one) => ({ value: one.company, label: one.name }))}
        />
      )}
      <Button type="submit" look="primary" wide pending={action.pending} disabled={company === ''}>
        Accept
      </Button>
      {company === '' && (
        <Notice tone="warn">You belong to no company. Make one first, then open the link again.</Notice>
      )}
    </Form>
  );
};

const Body = ({
  token,
  invitation,
}: {
  readonly token: string;
  readonly invitation: Invitation;
}): ReactElement => {
  const session = useQuery({ ...read('session.show'), retry: false });
  if (session.isPending) return <Skeleton lines={2} />;
  if (session.data === undefined) {
    return (
      <div className="grid gap-3">
        <p>
          Sign in as <strong className="wrap-anywhere">{invitation.email}</strong> to accept, or make an
          account for that address first and open the link of the mail again.
        </p>
        <ButtonLink look="primary" to="/sign-in" search={{ back: '/dataset-invitation' }}>
          Sign in
        </ButtonLink>
        <ButtonLink to="/sign-up">Create an account</ButtonLink>
      </div>
    );
  }
  if (session.data.user.email !== invitation.email) {
    return <SomeoneElse signedInAs={session.data.user.email} email={invitation.email} />;
  }
  return <Accept token={token} session={session.data} />;
};

/** The page. The token stays in memory while one signs in. */
export const DatasetInvitationPage = (): ReactElement => {
  const token = useToken();
  const { data, error } = useQuery({
    ...read('datasets.read-invitation', { body: { token: token ?? '' } }),
    enabled: token !== undefined,
    staleTime: 60_000,
    retry: false,
  });
  if (token === undefined || error !== null) {
    const isUsed = error instanceof ApiProblem && error.code === 'link_used';
    return (
      <LinkProblem title="Invitation to a dataset" problem={forInvited(error ?? undefined)}>
        {isUsed ? <ToSignIn /> : 'Ask whoever invited you for a new one.'}
      </LinkProblem>
    );
  }
  if (data === undefined) return <Skeleton />;
  return (
    <>
      <PageHeader
        title={`Dataset ${data.dataset_name}`}
        lead={
          <>
            {data.company_name} lets you{' '}
            <strong>{data.right === 'modify' ? 'read and modify' : 'read'}</strong> it
            {data.until !== null && (
              <>
                {' '}
                until <DateTime at={data.until} exact />
              </>
            )}
            . The invitation ends <DateTime at={data.expires_at} />.
          </>
        }
      />
      <Body token={token} invitation={data} />
    </>
  );
};
