/** Name of a company, and where its mail goes. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldError } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Company } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Form } from '../../../components/form.tsx';
import { Card } from '../../../components/page.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { LONGEST_NAME } from './new-project.tsx';

const EditForm = ({ company }: { readonly company: Company }): ReactElement => {
  const [name, setName] = useState(company.name);
  const [contact, setContact] = useState(company.contact_email ?? '');
  const newName = name.trim();
  const newContact = contact.trim() === '' ? null : contact.trim();
  const hasNewName = newName !== company.name;
  const hasNewContact = newContact !== company.contact_email;
  const action = useAction(async () => {
    // Only what was changed here: a colleague's change of the other field stays.
    const body = {
      ...(hasNewName ? { name: newName } : {}),
      ...(hasNewContact ? { contact_email: newContact } : {}),
    };
    await call('companies.change', { params: { company: company.id }, body });
    await refresh('companies.show', 'session.show', 'audit.list');
    toast('The settings are saved.');
  });
  return (
    <Form action={action} fields={['name', 'contact_email']} label="Company">
      <TextField
        label="Name"
        hint="Members and mails show it."
        name="name"
        autoComplete="organization"
        maxLength={LONGEST_NAME}
        value={name}
        onChange={setName}
        error={fieldError(action.problem, 'name')}
      />
      <TextField
        label="Contact e-mail"
        hint="Mail about failed attempts, webhooks and unusual use goes there instead of to the owners. May stay empty."
        name="contact_email"
        type="email"
        inputMode="email"
        autoComplete="email"
        autoCapitalize="none"
        spellCheck={false}
        value={contact}
        onChange={setContact}
        error={fieldError(action.problem, 'contact_email')}
      />
      <div>
        <Button
          type="submit"
          look="primary"
          pending={action.pending}
          disabled={!hasNewName && !hasNewContact}
        >
          Save
        </Button>
      </div>
    </Form>
  );
};

const Facts = ({ company }: { readonly company: Company }): ReactElement => (
  <dl className="grid gap-3">
    <div>
      <dt className="text-sm text-quiet">Name</dt>
      <dd>{company.name}</dd>
    </div>
    <div>
      <dt className="text-sm text-quiet">Contact e-mail</dt>
      <dd>{company.contact_email ?? <span className="text-quiet">None</span>}</dd>
    </div>
  </dl>
);

/** To be changed by those who may, else to be read. */
export const CompanyCard = ({ company }: { readonly company: Company }): ReactElement => {
  const { may } = useCompany();
  return (
    <Card>
      {may('company.change') ? (
        // Changed by somebody else: the form begins anew with what is so now.
        <EditForm key={JSON.stringify([company.name, company.contact_email])} company={company} />
      ) : (
        <Facts company={company} />
      )}
    </Card>
  );
};
