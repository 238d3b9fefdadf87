/** Where an invitation's link leads: into the company, with the account one has or a new one. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call, type Reply } from '../../api/client.ts';
import { fieldError } from '../../api/problem.ts';
import { read } from '../../api/query.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { DateTime } from '../../components/date-time.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAction } from '../../components/use-action.ts';
import { enter } from '../../shell/enter.ts';
import { dropToken, useToken } from '../../token.ts';
import { LinkProblem, ToSignIn } from './public-parts.tsx';
import { SomeoneElse } from './someone-else.tsx';

interface PartProps {
  readonly token: string;
  readonly invitation: Reply<'invitations.read'>;
}

const Join = ({ token, invitation }: PartProps): ReactElement => {
  const action = useAction(async () => {
    await call('invitations.accept', { body: { token } });
    dropToken();
    await enter();
  });
  return (
    <Form action={action} label="Accept the invitation">
      <Button type="submit" look="primary" wide pending={action.pending}>
        Join {invitation.company_name}
      </Button>
    </Form>
  );
};

const NewAccount = ({ token, invitation }: PartProps): ReactElement => {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const action = useAction(async () => {
    const own = name.trim();
    await call('invitations.accept', { body: { token, password, ...(own === '' ? {} : { name: own }) } });
    dropToken();
    await enter();
  });
  return (
    <Form action={action} fields={['name', 'password']} label="Create your account">
      <input type="email" name="email" autoComplete="username" value={invitation.email} readOnly hidden />
      <TextField
        label="Your name"
        hint="As colleagues see it. You may leave it out."
        name="name"
        autoComplete="name"
        value={name}
        onChange={setName}
        maxLength={100}
        error={fieldError(action.problem, 'name')}
      />
      <PasswordField
        label="Password"
        hint="At least 15 characters; several unrelated words are best."
        autoComplete="new-password"
        context={[invitation.email, invitation.company_name, name, 'vouchsafe']}
        value={password}
        onChange={setPassword}
        error={fieldError(action.problem, 'password')}
      />
      <Button type="submit" look="primary" wide pending={action.pending}>
        Create account and join
      </Button>
    </Form>
  );
};

const Body = ({ token, invitation }: PartProps): ReactElement => {
  const session = useQuery({ ...read('session.show'), retry: false });
  if (session.isPending) return <Skeleton lines={2} />;
  const signedInAs = session.data?.user.email;
  if (signedInAs === invitation.email) return <Join token={token} invitation={invitation} />;
  if (signedInAs !== undefined) return <SomeoneElse signedInAs={signedInAs} email={invitation.email} />;
  if (!invitation.has_account) return <NewAccount token={token} invitation={invitation} />;
  return (
    <div className="grid gap-3">
      <p>
        <strong className="wrap-anywhere">{invitation.email}</strong> has an account here. Sign in to join.
      </p>
      <ButtonLink look="primary" to="/sign-in" search={{ back: '/invitation' }}>
        Sign in
      </ButtonLink>
    </div>
  );
};

/** The page. The token stays in memory while one signs in. */
export const InvitationPage = (): ReactElement => {
  const token = useToken();
  const { data, error } = useQuery({
    ...read('invitations.read', { body: { token: token ?? '' } }),
    enabled: token !== undefined,
    staleTime: 60_000,
  });
  if (token === undefined || error !== null) {
    return (
      <LinkProblem title="Invitation" problem={error ?? undefined}>
        Ask whoever invited you for a new one, or <ToSignIn>sign in</ToSignIn>.
      </LinkProblem>
    );
  }
  if (data === undefined) return <Skeleton />;
  return (
    <>
      <PageHeader
        title={`Join ${data.company_name}`}
        lead={
          <>
            You are invited as <strong>{data.role}</strong>. The invitation ends{' '}
            <DateTime at={data.expires_at} />.
          </>
        }
      />
      <Body token={token} invitation={data} />
    </>
  );
};
