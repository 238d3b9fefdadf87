/** Where the link to a new address leads. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { queryClient, read } from '../../api/query.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useAction } from '../../components/use-action.ts';
import { dropToken, useToken } from '../../token.ts';
import { Foot, LinkProblem } from './public-parts.tsx';

const TITLE = 'Confirm your new address';
/** Signing in does not load the page anew, so the token is still in memory afterwards. */
const AND_BACK = { back: '/confirm-email' };

const SignInFirst = (): ReactElement => (
  <>
    <PageHeader
      title={TITLE}
      lead="First sign in to the account that asked for it, with its present address. You come back here; if this page has forgotten the link by then, open it in the mail again."
    />
    <ButtonLink look="primary" to="/sign-in" search={AND_BACK}>
      Sign in
    </ButtonLink>
  </>
);

const Confirm = ({
  token,
  onDone,
}: {
  readonly token: string;
  readonly onDone: () => void;
}): ReactElement => {
  const session = useQuery({ ...read('session.show'), retry: false });
  const action = useAction(async () => {
    await call('email-changes.confirm', { body: { token } });
    onDone();
  });
  const isOver = action.problem instanceof ApiProblem && action.problem.status === 401;
  if (session.isPending) return <Skeleton lines={2} />;
  if (session.data === undefined || isOver) return <SignInFirst />;
  return (
    <>
      <PageHeader
        title={TITLE}
        lead={
          <>
            The account of <strong className="wrap-anywhere">{session.data.user.email}</strong> gets the
            address that this link was sent to. If you did not ask for that, leave this page.
          </>
        }
      />
      {/* A button, not an effect: programs that open links in mails to look at them confirm nothing. */}
      <Form action={action} label={TITLE}>
        <Button type="submit" look="primary" wide pending={action.pending}>
          Confirm
        </Button>
      </Form>
      <Foot>
        The link works for the account that asked for it alone.{' '}
        <Link to="/sign-in" search={AND_BACK} className="link">
          Sign in as someone else
        </Link>
      </Foot>
    </>
  );
};

/** The page. Only the account that asked for the new address gets it, so one has to be signed in to it. */
export const ConfirmEmailPage = (): ReactElement => {
  const token = useToken();
  const [isDone, setDone] = useState(false);
  if (isDone) {
    return (
      <div className="grid gap-4">
        <PageHeader title="Your new address is confirmed" lead="Sign in with it from now on." />
        <ButtonLink look="primary" to="/">
          To the dashboard
        </ButtonLink>
      </div>
    );
  }
  if (token === undefined) {
    return (
      <LinkProblem title={TITLE}>
        Or{' '}
        <Link to="/account/profile" className="link">
          ask for a new link in your profile
        </Link>
        .
      </LinkProblem>
    );
  }
  const finish = (): void => {
    setDone(true);
    dropToken();
    queryClient.clear();
  };
  return <Confirm token={token} onDone={finish} />;
};
