/** Where the link of a reset mail leads: a new password. */
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { ApiProblem, fieldError } from '../../api/problem.ts';
import { queryClient } from '../../api/query.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { useAction } from '../../components/use-action.ts';
import { dropToken, useToken } from '../../token.ts';
import { LinkProblem } from './public-parts.tsx';

/** Problems with the link rather than with the password. */
const isOfLink = (problem: unknown): boolean =>
  problem instanceof ApiProblem && (problem.field === 'token' || [404, 410].includes(problem.status));

/** The page. */
export const ResetPasswordPage = (): ReactElement => {
  const token = useToken();
  const [password, setPassword] = useState('');
  const [isDone, setDone] = useState(false);
  const action = useAction(async () => {
    await call('password-resets.complete', { body: { token: token ?? '', password } });
    setDone(true);
    dropToken();
    queryClient.clear();
  });
  if (isDone) {
    return (
      <div className="grid gap-4">
        <PageHeader title="Your password is changed" lead="You were signed out everywhere. Sign in anew." />
        <ButtonLink look="primary" to="/sign-in">
          Sign in
        </ButtonLink>
      </div>
    );
  }
  if (token === undefined || isOfLink(action.problem)) {
    return (
      <LinkProblem title="Choose a new password" problem={action.problem}>
        <Link to="/forgot-password" className="link">
          Have a new link sent
        </Link>
        .
      </LinkProblem>
    );
  }
  return (
    <>
      <PageHeader title="Choose a new password" lead="It ends every session of your account." />
      <Form action={action} fields={['password']} label="Choose a new password">
        <PasswordField
          label="New password"
          hint="At least 15 characters, or 8 if your account has a second factor; several unrelated words are best."
          autoComplete="new-password"
          context={['vouchsafe']}
          least={8}
          value={password}
          onChange={setPassword}
          error={fieldError(action.problem, 'password')}
        />
        <Button type="submit" look="primary" wide pending={action.pending}>
          Change password
        </Button>
      </Form>
    </>
  );
};
