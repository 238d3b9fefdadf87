/** Asks again who is there, before keys are shown, roles change, data leave or an account is deleted. */
import { useState, type ReactElement } from 'react';
import { call } from '../api/client.ts';
import { assertPasskey, hasPasskeys, type Assertion } from '../api/passkey.ts';
import { fieldError } from '../api/problem.ts';
import { refresh } from '../api/query.ts';
import { Button } from '../components/button.tsx';
import { Actions, Dialog } from '../components/dialog.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Form } from '../components/form.tsx';
import { PasswordField } from '../components/password-field.tsx';
import { TextField } from '../components/text-field.tsx';
import { useAction } from '../components/use-action.ts';
import type { Question } from './proof.ts';

type Proof = { password: string } | { totp: string } | { passkey: Assertion };

const StepUpBody = ({ methods, answer }: Question): ReactElement => {
  const typed = methods.includes('totp') ? 'totp' : methods.includes('password') ? 'password' : undefined;
  const [value, setValue] = useState('');
  const prove = async (proof: Proof): Promise<void> => {
    await call('session.prove', { body: proof });
    answer(true);
    void refresh('session.show');
  };
  const byText = useAction(() =>
    prove(typed === 'totp' ? { totp: value.replaceAll(/\s/g, '') } : { password: value }),
  );
  const byPasskey = useAction(async () => {
    const { options } = await call('session.proof-options', { body: {} });
    await prove({ passkey: await assertPasskey(options) });
  });
  const withPasskey = methods.includes('passkey') && hasPasskeys();
  return (
    <div className="grid gap-5">
      {withPasskey && (
        <>
          {byPasskey.problem !== undefined && <ErrorPanel problem={byPasskey.problem} />}
          <Button
            look={typed === undefined ? 'primary' : 'secondary'}
            wide
            pending={byPasskey.pending}
            onClick={() => void byPasskey.run()}
          >
            Use a passkey
          </Button>
        </>
      )}
      {withPasskey && typed !== undefined && <p className="text-center text-sm text-quiet">or</p>}
      {typed !== undefined && (
        <Form action={byText} fields={[typed]} label="Confirm that it is you">
          {typed === 'totp' ? (
            <TextField
              label="Code from your authenticator app"
              name="totp"
              value={value}
              onChange={setValue}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={9}
              error={fieldError(byText.problem, 'totp')}
            />
          ) : (
            <PasswordField
              label="Your password"
              value={value}
              onChange={setValue}
              autoComplete="current-password"
              error={fieldError(byText.problem, 'password')}
            />
          )}
          <Actions>
            <Button onClick={() => answer(false)}>Cancel</Button>
            <Button type="submit" look="primary" pending={byText.pending}>
              Confirm
            </Button>
          </Actions>
        </Form>
      )}
    </div>
  );
};

/** The dialog; drawn while there is a question. */
export const StepUpDialog = ({ question }: { readonly question: Question }): ReactElement => (
  <Dialog
    open
    onOpenChange={(isOpen) => !isOpen && question.answer(false)}
    title="Confirm that it is you"
    description="What you are about to do needs a proof that is at most ten minutes old."
  >
    <StepUpBody {...question} />
  </Dialog>
);
