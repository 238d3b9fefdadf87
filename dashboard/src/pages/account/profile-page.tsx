/** Who one is: name and address. */
import { useState, type ReactElement } from 'react';
import { call } from '../../api/client.ts';
import { fieldError } from '../../api/problem.ts';
import { refresh } from '../../api/query.ts';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { Notice } from '../../components/notice.tsx';
import { Card, PageHeader, Section } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { toast } from '../../components/toast.tsx';
import { useAction } from '../../components/use-action.ts';
import { useSession } from '../../shell/frame.tsx';

const NameForm = (): ReactElement => {
  const { user } = useSession();
  const [name, setName] = useState(user.name ?? '');
  const action = useAction(async () => {
    const typed = name.trim();
    await call('account.change', { body: { name: typed === '' ? null : typed } });
    await refresh('session.show', 'members.list');
    toast('Your name is saved.');
  });
  return (
    <Form action={action} fields={['name']} label="Name">
      <TextField
        label="Name"
        hint="Members of your companies see it, and the audit log shows it beside what you did."
        name="name"
        autoComplete="name"
        maxLength={100}
        value={name}
        onChange={setName}
        error={fieldError(action.problem, 'name')}
      />
      <div>
        <Button type="submit" look="primary" pending={action.pending}>
          Save name
        </Button>
      </div>
    </Form>
  );
};

const EmailForm = (): ReactElement => {
  const { user } = useSession();
  const [email, setEmail] = useState('');
  const [sentTo, setSentTo] = useState<string | undefined>(undefined);
  const action = useAction(async () => {
    const typed = email.trim();
    await call('account.change-email', { body: { email: typed } });
    setSentTo(typed);
    setEmail('');
  });
  return (
    <Form action={action} fields={['email']} label="E-mail address">
      <p>
        Your address is <strong className="wrap-anywhere">{user.email}</strong>.
      </p>
      {sentTo !== undefined && (
        <Notice tone="good" title="Check your mail">
          We sent a link to {sentTo}. Open it in a browser where you are signed in; until then nothing
          changes.
        </Notice>
      )}
      <TextField
        label="New address"
        hint="We mail a link to the new address and a notice to the old one."
        name="email"
        type="email"
        autoComplete="email"
        value={email}
        onChange={setEmail}
        error={fieldError(action.problem, 'email')}
      />
      <div>
        <Button type="submit" pending={action.pending}>
          Change address
        </Button>
      </div>
    </Form>
  );
};

/** The page. */
export const ProfilePage = (): ReactElement => (
  <>
    <PageHeader title="Profile" />
    <Section title="Name">
      <Card>
        <NameForm />
      </Card>
    </Section>
    <Section title="E-mail address">
      <Card>
        <EmailForm />
      </Card>
    </Section>
  </>
);
