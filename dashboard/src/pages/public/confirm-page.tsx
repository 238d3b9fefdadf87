/** Where the link of the first mail leads: the address is confirmed and one is signed in. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call, type Reply } from '../../api/client.ts';
import { createPasskey } from '../../api/passkey.ts';
import { ApiProblem, fieldError } from '../../api/problem.ts';
import { read } from '../../api/query.ts';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAction } from '../../components/use-action.ts';
import { enter } from '../../shell/enter.ts';
import { dropToken, useToken } from '../../token.ts';
import { LinkProblem } from './public-parts.tsx';

interface ConfirmFormProps {
  readonly token: string;
  readonly signUp: Reply<'sign-ups.read'>;
}

const ConfirmForm = ({ token, signUp }: ConfirmFormProps): ReactElement => {
  const { email } = signUp;
  const [password, setPassword] = useState('');
  const [name, setName] = useState('My passkey');
  const [needs, setNeeds] = useState(signUp.needs);
  const action = useAction(async () => {
    if (needs === 'passkey') {
      const { options } = await call('sign-ups.passkey-options', { body: { token } });
      const response = await createPasskey(options);
      await call('sign-ups.confirm', { body: { token, passkey: { name, response } } });
    } else {
      try {
        await call('sign-ups.confirm', { body: needs === 'password' ? { token, password } : { token } });
      } catch (error) {
        // The browser forgot that it was the one: the password proves it instead.
        if (error instanceof ApiProblem && error.code === 'sign_up_password_required') setNeeds('password');
        throw error;
      }
    }
    dropToken();
    await enter();
  });
  return (
    <Form action={action} fields={['password', 'name', 'passkey.name']} label="Confirm your address">
      {/* For password managers: whose password or passkey this is. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      {needs === 'password' && (
        <PasswordField
          label="Your password"
          hint="You opened the link in another browser than the one you signed up in: type the password from there."
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          error={fieldError(action.problem, 'password')}
        />
      )}
      {needs === 'passkey' && (
        <TextField
          label="Name of the passkey"
          hint="So that you recognise it in a list: “Work laptop”, “Blue security key”."
          name="name"
          value={name}
          onChange={setName}
          maxLength={100}
          error={fieldError(action.problem, 'name', 'passkey.name')}
        />
      )}
      <Button type="submit" look="primary" wide pending={action.pending}>
        {needs === 'passkey' ? 'Create passkey and sign in' : 'Confirm and sign in'}
      </Button>
    </Form>
  );
};

/** The page. */
export const ConfirmPage = (): ReactElement => {
  const token = useToken();
  const query = useQuery({
    ...read('sign-ups.read', { body: { token: token ?? '' } }),
    enabled: token !== undefined,
    staleTime: Infinity,
    gcTime: 0,
  });
  if (token === undefined || query.error !== null) {
    return (
      <LinkProblem title="Confirm your address" problem={query.error ?? undefined}>
        <Link to="/sign-up" className="link">
          Sign up again
        </Link>{' '}
        to get a new link.
      </LinkProblem>
    );
  }
  return (
    <>
      <PageHeader
        title="Confirm your address"
        {...(query.data === undefined
          ? {}
          : { lead: `${query.data.email} will be the owner of ${query.data.company_name}.` })}
      />
      {query.data === undefined ? <Skeleton /> : <ConfirmForm token={token} signUp={query.data} />}
    </>
  );
};
