/** A new password. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldError } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Factors } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { Card, Section } from '../../../components/page.tsx';
import { LEAST_ALONE, LEAST_WITH_SECOND_FACTOR, PasswordField } from '../../../components/password-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useSession } from '../../../shell/frame.tsx';

/** Whether something stands beside the password. */
export const hasSecondFactor = ({ totp, passkeys }: Factors): boolean => totp !== null || passkeys.length > 0;

interface PasswordFormProps {
  readonly isStrong: boolean;
  readonly onDone: () => void;
}

const PasswordForm = ({ isStrong, onDone }: PasswordFormProps): ReactElement => {
  const { user, memberships } = useSession();
  const [password, setPassword] = useState('');
  const action = useAction(async () => {
    await call('account.change-password', { body: { password } });
    await refresh('factors.show', 'sessions.list');
    onDone();
    toast('Your password is changed. Other sessions have ended.');
  });
  const hint = isStrong
    ? 'At least 8 characters, 12 are better; several unrelated words are best.'
    : 'At least 15 characters; several unrelated words are best.';
  return (
    <Form action={action} fields={['password']} label="Password">
      <input type="email" name="email" autoComplete="username" value={user.email} readOnly hidden />
      <PasswordField
        label="New password"
        hint={hint}
        autoComplete="new-password"
        context={[user.email, user.name ?? '', ...memberships.map(({ name }) => name), 'vouchsafe']}
        least={isStrong ? LEAST_WITH_SECOND_FACTOR : LEAST_ALONE}
        value={password}
        onChange={setPassword}
        error={fieldError(action.problem, 'password')}
      />
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Save password
        </Button>
      </Actions>
    </Form>
  );
};

/** Change or set the password. */
export const PasswordSection = ({ factors }: { readonly factors: Factors }): ReactElement => {
  const [isOpen, setOpen] = useState(false);
  const deed = factors.password ? 'Change password' : 'Set a password';
  return (
    <Section title="Password">
      <Card>
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p className="min-w-0 flex-1 basis-60">
            {factors.password
              ? 'You sign in with a password. A new one ends every other session.'
              : 'You sign in with a passkey alone; you have no password.'}
          </p>
          <Button onClick={() => setOpen(true)}>{deed}</Button>
        </div>
      </Card>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={deed}
        description="It takes effect at once, and ends every session but this one."
      >
        <PasswordForm isStrong={hasSecondFactor(factors)} onDone={() => setOpen(false)} />
      </Dialog>
    </Section>
  );
};
