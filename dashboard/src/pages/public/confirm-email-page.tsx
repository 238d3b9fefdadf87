/** Where the link to a new address leads. */
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query.ts';
import { Button, ButtonLink } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { PageHeader } from '../../components/page.tsx';
import { useAction } from '../../components/use-action.ts';
import { dropToken, useToken } from '../../token.ts';
import { LinkProblem } from './public-parts.tsx';

/** The page. A button, not an effect: programs that open links in mails to look at them confirm nothing. */
export const ConfirmEmailPage = (): ReactElement => {
  const token = useToken();
  const [isDone, setDone] = useState(false);
  const action = useAction(async () => {
    await call('email-changes.confirm', { body: { token: token ?? '' } });
    setDone(true);
    dropToken();
    queryClient.clear();
  });
  if (isDone) {
    return (
      <div className="grid gap-4">
        <PageHeader title="Your new address is confirmed" lead="Sign in with it from now on." />
        <ButtonLink look="primary" to="/">
          To the dashboard
        </ButtonLink>
      </div>
    );
  }
  if (token === undefined) {
    return (
      <LinkProblem title="Confirm your new address">
        <Link to="/account/profile" className="link">
          Ask for a new link in your profile
        </Link>
        .
      </LinkProblem>
    );
  }
  return (
    <>
      <PageHeader
        title="Confirm your new address"
        lead="Mails will go to the address that this link was sent to."
      />
      <Form action={action} label="Confirm your new address">
        <Button type="submit" look="primary" wide pending={action.pending}>
          Confirm
        </Button>
      </Form>
    </>
  );
};
