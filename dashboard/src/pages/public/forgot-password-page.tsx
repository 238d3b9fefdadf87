/** Asks for a link to choose a new password. The answer is the same whoever asks. */
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { fieldError } from '../../api/problem.ts';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAction } from '../../components/use-action.ts';
import { Foot, ToSignIn } from './public-parts.tsx';

/** The page. */
export const ForgotPasswordPage = (): ReactElement => {
  const [email, setEmail] = useState('');
  const [isSent, setSent] = useState(false);
  const action = useAction(async () => {
    await call('password-resets.create', { body: { email: email.trim() } });
    setSent(true);
  });
  return (
    <>
      {isSent ? (
        <div className="grid gap-4">
          <PageHeader title="Check your mail" />
          <p>
            If <strong className="wrap-anywhere">{email.trim()}</strong> has an account here, a link to choose
            a new password is on its way. It works once, for 30 minutes.
          </p>
          <p>
            <Button onClick={() => setSent(false)}>Use another address</Button>
          </p>
        </div>
      ) : (
        <>
          <PageHeader
            title="Reset your password"
            lead="We mail you a link with which you choose a new one. Your second factor stays as it is."
          />
          <Form action={action} fields={['email']} label="Reset your password">
            <TextField
              label="E-mail address"
              name="email"
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={setEmail}
              error={fieldError(action.problem, 'email')}
            />
            <Button type="submit" look="primary" wide pending={action.pending}>
              Mail me a link
            </Button>
          </Form>
        </>
      )}
      <Foot>
        You remember it? <ToSignIn />
      </Foot>
    </>
  );
};
