/** Signs in: with a password, a passkey from the button, or one picked in the e-mail field. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { assertPasskey, hasPasskeys, offersPasskeysInFields, stopWaiting } from '../../api/passkey.ts';
import { fieldError } from '../../api/problem.ts';
import { Button } from '../../components/button.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAction } from '../../components/use-action.ts';
import { enter, offerSecondStep } from '../../shell/enter.ts';
import { Foot, Or } from './public-parts.tsx';

const signInWithPasskey = async (back: string | undefined, inField: boolean): Promise<void> => {
  const { options } = await call('sessions.passkey-options', { body: {} });
  const response = await assertPasskey(options, inField);
  await call('sessions.create-with-passkey', { body: { response } });
  await enter(back);
};

/** Offers passkeys inside the e-mail field for as long as the page stands, where the browser can. */
const usePasskeysInField = (back: string | undefined): void => {
  useEffect(() => {
    let isHere = true;
    const wait = async (): Promise<void> => {
      if (!(await offersPasskeysInFields()) || !isHere) return;
      // Whatever ends the waiting (another way was taken, none was picked) is no error of the page.
      await signInWithPasskey(back, true).catch(() => undefined);
    };
    void wait();
    return () => {
      isHere = false;
      void stopWaiting();
    };
  }, [back]);
};

/** The page. */
export const SignInPage = (): ReactElement => {
  const navigate = useNavigate();
  const { back } = useSearch({ from: '/visitor/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  usePasskeysInField(back);
  const action = useAction(async () => {
    const reply = await call('sessions.create', { body: { email: email.trim(), password } });
    if (reply.state === 'signed_in') return enter(back);
    offerSecondStep(reply.methods);
    return navigate({ to: '/sign-in/second-factor', search: back === undefined ? {} : { back } });
  });
  const byPasskey = useAction(() => signInWithPasskey(back, false));
  return (
    <>
      <PageHeader
        title="Sign in"
        {...(back === undefined ? {} : { lead: 'You come back to where you were.' })}
      />
      <Form action={action} fields={['email']} label="Sign in">
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username webauthn"
          required
          value={email}
          onChange={setEmail}
          error={fieldError(action.problem, 'email')}
        />
        <PasswordField
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          aside={
            <Link to="/forgot-password" className="link">
              Forgot it?
            </Link>
          }
        />
        <Button type="submit" look="primary" wide pending={action.pending}>
          Sign in
        </Button>
        {hasPasskeys() && (
          <>
            <Or />
            {byPasskey.problem !== undefined && <ErrorPanel problem={byPasskey.problem} />}
            <Button wide pending={byPasskey.pending} onClick={() => void byPasskey.run()}>
              Sign in with a passkey
            </Button>
          </>
        )}
      </Form>
      <Foot>
        New here?{' '}
        <Link to="/sign-up" className="link">
          Create an account
        </Link>
      </Foot>
    </>
  );
};
