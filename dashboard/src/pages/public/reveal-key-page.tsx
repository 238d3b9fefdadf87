/** Where the link to a new secret leads: an owner or admin who is signed in makes it, and sees it this once. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call, type Reply } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { read, refresh } from '../../api/query.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { DateTime } from '../../components/date-time.tsx';
import { Form } from '../../components/form.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useAction } from '../../components/use-action.ts';
import { dropToken, useToken } from '../../token.ts';
import { OverlapChoice, usualOverlap, type Overlap } from '../company/parts/overlap-choice.tsx';
import { SecretDialog, type MadeSecret } from '../company/parts/secret-dialog.tsx';
import { Foot, LinkProblem } from './public-parts.tsx';

const TITLE = 'A new secret for a key';
/** Signing in does not load the page anew, so the token is still in memory afterwards. */
const AND_BACK = { back: '/reveal-key' };

const SignInFirst = (): ReactElement => (
  <>
    <PageHeader
      title={TITLE}
      lead="First sign in as an owner or admin of the company. You come back here; if this page has forgotten the link by then, open it in the mail again."
    />
    <ButtonLink look="primary" wide to="/sign-in" search={AND_BACK}>
      Sign in
    </ButtonLink>
  </>
);

const InDashboard = (): ReactElement => (
  <>
    Or{' '}
    <Link to="/" className="link">
      go to the dashboard
    </Link>{' '}
    and rotate the key there.
  </>
);

const SomeoneElse = (): ReactElement => (
  <Foot>
    Not you?{' '}
    <Link to="/sign-in" search={AND_BACK} className="link">
      Sign in as someone else
    </Link>
  </Foot>
);

interface MakeProps {
  readonly token: string;
  readonly reveal: Reply<'key-reveals.read'>;
  readonly onMade: (made: MadeSecret) => void;
}

const Make = ({ token, reveal, onMade }: MakeProps): ReactElement => {
  const { key, company_name: company, project_name: project, expires_at: end } = reveal;
  const [overlap, setOverlap] = useState<Overlap>(usualOverlap(key));
  const action = useAction(async () => {
    onMade(await call('key-reveals.use', { body: { token, overlap_hours: Number(overlap) } }));
    dropToken();
    await refresh('keys.list', 'audit.list');
  });
  return (
    <>
      <PageHeader
        title={TITLE}
        lead={
          <>
            For the key <strong className="wrap-anywhere">{key.name}</strong> of the project{' '}
            <strong className="wrap-anywhere">{project}</strong> ({company}). The link works once and ends{' '}
            <DateTime at={end} />. The secret is made when you confirm, and shown to you alone.
          </>
        }
      />
      {/* A button, not an effect: programs that open links in mails to look at them make no secret. */}
      <Form action={action} label={TITLE}>
        {key.previous_secret_expires_at !== null && (
          <Notice tone="warn">
            <p>This key is being rotated already. Its oldest secret ends as soon as you make a new one.</p>
          </Notice>
        )}
        <OverlapChoice value={overlap} onChange={setOverlap} />
        <Button type="submit" look="primary" wide pending={action.pending}>
          Make new secret
        </Button>
      </Form>
      <SomeoneElse />
    </>
  );
};

const Open = ({
  token,
  onMade,
}: {
  readonly token: string;
  readonly onMade: MakeProps['onMade'];
}): ReactElement => {
  const { data, error } = useQuery({
    ...read('key-reveals.read', { body: { token } }),
    retry: false,
    staleTime: 60_000,
  });
  if (error instanceof ApiProblem && error.status === 401) return <SignInFirst />;
  if (error !== null) {
    return (
      <>
        <LinkProblem title={TITLE} problem={error}>
          <InDashboard />
        </LinkProblem>
        <SomeoneElse />
      </>
    );
  }
  return data === undefined ? <Skeleton lines={4} /> : <Make token={token} reveal={data} onMade={onMade} />;
};

interface Finished {
  readonly made: MadeSecret;
  readonly isStored: boolean;
}

/** The page. The token stays in memory while one signs in. */
export const RevealKeyPage = (): ReactElement => {
  const token = useToken();
  const [finished, setFinished] = useState<Finished | undefined>(undefined);
  if (finished !== undefined) {
    const { made, isStored } = finished;
    return (
      <>
        <PageHeader
          title={`The key “${made.key.name}” has a new secret`}
          lead="The link is used up. The owners are told by mail that the key was rotated, without the secret."
        />
        <ButtonLink look="primary" wide to="/">
          To the dashboard
        </ButtonLink>
        <SecretDialog
          made={isStored ? undefined : made}
          title="The new secret"
          onStored={() => setFinished({ made, isStored: true })}
        />
      </>
    );
  }
  if (token === undefined) {
    return (
      <LinkProblem title={TITLE}>
        <InDashboard />
      </LinkProblem>
    );
  }
  return <Open token={token} onMade={(made) => setFinished({ made, isStored: false })} />;
};
