/** An invitation that is for another address than the one that is signed in. */
import type { ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query.ts';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { Notice } from '../../components/notice.tsx';
import { useAction } from '../../components/use-action.ts';

interface SomeoneElseProps {
  readonly signedInAs: string;
  readonly email: string;
}

/** Says so, and ends the session; the page then goes on as for somebody who is not signed in. */
export const SomeoneElse = ({ signedInAs, email }: SomeoneElseProps): ReactElement => {
  const action = useAction(async () => {
    await call('session.end');
    queryClient.removeQueries({ queryKey: ['session.show'] });
  });
  return (
    <Form action={action} label="Sign out">
      <Notice tone="warn">
        You are signed in as <strong className="wrap-anywhere">{signedInAs}</strong>, but the invitation is
        for <strong className="wrap-anywhere">{email}</strong>.
      </Notice>
      <Button type="submit" wide pending={action.pending}>
        Sign out and go on
      </Button>
    </Form>
  );
};
