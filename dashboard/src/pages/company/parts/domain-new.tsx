/** Authorises a domain. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldError } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Project } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';

/** Characters that a domain may have as it is typed. */
const LONGEST_DOMAIN = 300;

interface FormProps {
  readonly project: string;
  readonly onDone: () => void;
}

const NewDomainForm = ({ project, onDone }: FormProps): ReactElement => {
  const { id: company } = useCompany();
  const [domain, setDomain] = useState('');
  const action = useAction(async () => {
    const { origin } = await call('domains.create', {
      params: { company, project },
      body: { domain: domain.trim() },
    });
    await refresh('domains.list', 'audit.list');
    onDone();
    toast(
      origin.includes('*')
        ? `Pages of all hosts of ${origin} may call within a second.`
        : `Pages of ${origin} may call within a second.`,
    );
  });
  return (
    <Form action={action} fields={['domain']} label="Add domain">
      <TextField
        label="Domain"
        hint="As in the address bar, up to the first slash: shop.example.com; https://shop.example.com:8443 with a port; *.example.com for every host below."
        name="domain"
        inputMode="url"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={LONGEST_DOMAIN}
        value={domain}
        onChange={setDomain}
        error={fieldError(action.problem, 'domain')}
      />
      <ul className="grid list-disc gap-1 pl-5 text-sm text-quiet">
        <li>example.com and www.example.com are two domains: add both if you use both.</li>
        <li>
          *.example.com lets in www.example.com and a.b.example.com, but not example.com itself. Use it only
          where every host below is yours: whoever gets one of them can use up your quota.
        </li>
        <li>Only pages over https can be authorised.</li>
        <li>
          Names with letters beyond a to z are kept as browsers send them: bücher.example is
          xn--bcher-kva.example.
        </li>
      </ul>
      <Actions>
        <Button type="submit" look="primary" pending={action.pending}>
          Add domain
        </Button>
      </Actions>
    </Form>
  );
};

interface NewDomainDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly project: Project;
}

/** The form in a dialog. */
export const NewDomainDialog = ({ isOpen, onOpenChange, project }: NewDomainDialogProps): ReactElement => (
  <Dialog
    open={isOpen}
    onOpenChange={onOpenChange}
    title="Add domain"
    description={`Its pages may call ${project.name} without a secret.`}
  >
    <NewDomainForm project={project.id} onDone={() => onOpenChange(false)} />
  </Dialog>
);
