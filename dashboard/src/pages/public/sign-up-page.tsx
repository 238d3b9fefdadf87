/** Makes an account and its company: with a password, or with a passkey alone. */
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { hasPasskeys } from '../../api/passkey.ts';
import { fieldError } from '../../api/problem.ts';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { toast } from '../../components/toast.tsx';
import { useAction } from '../../components/use-action.ts';
import { Foot, Or, ToSignIn } from './public-parts.tsx';

interface CheckMailProps {
  readonly email: string;
  readonly again: () => Promise<boolean>;
  readonly pending: boolean;
  readonly onOther: () => void;
}

const CheckMail = ({ email, again, pending, onOther }: CheckMailProps): ReactElement => (
  <div className="grid gap-4">
    <PageHeader title="Check your mail" />
    <p>
      We sent a link to <strong className="wrap-anywhere">{email}</strong>. Open it in this browser within 24
      hours to finish.
    </p>
    <p className="text-quiet">Nothing there? Look among the unwanted mails, or have it sent again.</p>
    <div className="flex flex-wrap gap-2">
      <Button
        pending={pending}
        onClick={() => void again().then((isSent) => isSent && toast('The link was sent again.'))}
      >
        Send it again
      </Button>
      <Button look="quiet" onClick={onOther}>
        Use another address
      </Button>
    </div>
  </div>
);

/** The page. */
export const SignUpPage = (): ReactElement => {
  const [email, setEmail] = useState('');
  const [company, setCompany] = useState('');
  const [password, setPassword] = useState('');
  const [withPassword, setWithPassword] = useState(true);
  const [isSent, setSent] = useState(false);
  const action = useAction(async () => {
    const body = { email: email.trim(), company_name: company.trim() };
    await call('sign-ups.create', { body: withPassword ? { ...body, password } : body });
    setSent(true);
  });
  if (isSent) {
    const { run, pending } = action;
    return <CheckMail email={email.trim()} again={run} pending={pending} onOther={() => setSent(false)} />;
  }
  return (
    <>
      <PageHeader title="Create an account" lead="Your first project and keys are ready a minute from now." />
      <Form action={action} fields={['email', 'company_name', 'password']} label="Create an account">
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="email"
          required
          value={email}
          onChange={setEmail}
          error={fieldError(action.problem, 'email')}
        />
        <TextField
          label="Company"
          hint="Or your own name. You can change it later."
          name="company_name"
          autoComplete="organization"
          required
          value={company}
          onChange={setCompany}
          error={fieldError(action.problem, 'company_name')}
        />
        {withPassword && (
          <PasswordField
            label="Password"
            hint="At least 15 characters; several unrelated words are best. Spaces and any script are welcome."
            autoComplete="new-password"
            context={[email, company, 'vouchsafe']}
            value={password}
            onChange={setPassword}
            error={fieldError(action.problem, 'password')}
          />
        )}
        <Button type="submit" look="primary" wide pending={action.pending}>
          {withPassword ? 'Create account' : 'Continue with a passkey'}
        </Button>
        {hasPasskeys() && (
          <>
            <Or />
            <Button wide onClick={() => setWithPassword(!withPassword)}>
              {withPassword ? 'Use a passkey instead of a password' : 'Use a password'}
            </Button>
          </>
        )}
      </Form>
      <Foot>
        You have an account? <ToSignIn />
      </Foot>
    </>
  );
};
