/** The second step of signing in. */
import { useSearch } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call, type Body } from '../../api/client.ts';
import { assertPasskey, hasPasskeys } from '../../api/passkey.ts';
import { fieldError } from '../../api/problem.ts';
import { Button } from '../../components/button.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { toast } from '../../components/toast.tsx';
import { useAction } from '../../components/use-action.ts';
import { enter, offeredSecondSteps } from '../../shell/enter.ts';
import { Foot, Or, ToSignIn } from './public-parts.tsx';

type Typed = 'totp' | 'recovery_code';

const FIELDS = {
  totp: {
    label: 'Code from your authenticator app',
    hint: 'Six digits that change every half minute.',
    inputMode: 'numeric',
    autoComplete: 'one-time-code',
    maxLength: 9,
  },
  recovery_code: {
    label: 'Recovery code',
    hint: 'One of the ten that you stored. Each works once, and its use is mailed to you.',
    inputMode: 'text',
    autoComplete: 'off',
    maxLength: 40,
  },
} as const;

interface TypedFormProps {
  readonly kind: Typed;
  readonly prove: (body: Body<'second-factor.prove'>) => Promise<void>;
}

const TypedForm = ({ kind, prove }: TypedFormProps): ReactElement => {
  const [code, setCode] = useState('');
  const action = useAction(() =>
    prove(kind === 'totp' ? { totp: code.replaceAll(/\s/g, '') } : { recovery_code: code.trim() }),
  );
  return (
    <Form action={action} fields={[kind]} label="Second step">
      <TextField
        {...FIELDS[kind]}
        name={kind}
        autoCapitalize="none"
        spellCheck={false}
        value={code}
        onChange={setCode}
        error={fieldError(action.problem, kind)}
      />
      <Button type="submit" look="primary" wide pending={action.pending}>
        Continue
      </Button>
    </Form>
  );
};

/** The page. */
export const SecondFactorPage = (): ReactElement => {
  const { back } = useSearch({ from: '/visitor/sign-in/second-factor' });
  const methods = offeredSecondSteps();
  const typed = (['totp', 'recovery_code'] as const).filter((method) => methods.includes(method));
  const [kind, setKind] = useState<Typed | undefined>(typed[0]);
  const other = typed.find((method) => method !== kind);
  const prove = async (body: Body<'second-factor.prove'>): Promise<void> => {
    const { recovery_codes_left: left } = await call('second-factor.prove', { body });
    await enter(back);
    if (left !== undefined) toast(`You have ${left} recovery codes left. Make new ones under Security.`);
  };
  const byPasskey = useAction(async () => {
    const { options } = await call('second-factor.passkey-options', { body: {} });
    await prove({ passkey: await assertPasskey(options) });
  });
  const withPasskey = methods.includes('passkey') && hasPasskeys();
  return (
    <>
      <PageHeader title="Second step" lead="Your password was right. Now show that it is you." />
      <div className="grid gap-5">
        {withPasskey && (
          <>
            {byPasskey.problem !== undefined && <ErrorPanel problem={byPasskey.problem} />}
            <Button wide pending={byPasskey.pending} onClick={() => void byPasskey.run()}>
              Use a passkey
            </Button>
            {kind !== undefined && <Or />}
          </>
        )}
        {kind !== undefined && <TypedForm key={kind} kind={kind} prove={prove} />}
        {other !== undefined && (
          <Button look="quiet" wide onClick={() => setKind(other)}>
            {other === 'totp' ? 'Use the authenticator app' : 'Use a recovery code'}
          </Button>
        )}
      </div>
      <Foot>
        Not you? <ToSignIn>Sign in as someone else</ToSignIn>
      </Foot>
    </>
  );
};
