/** Whether unusual use is mailed. */
import type { ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Company } from '../../../api/shapes.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Card } from '../../../components/page.tsx';
import { Checkbox } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';

/** The card. */
export const MailUnusual = ({ company }: { readonly company: Company }): ReactElement => {
  const { may } = useCompany();
  const isOn = company.mail_unusual;
  const turn = useAction(async () => {
    await call('companies.change', { params: { company: company.id }, body: { mail_unusual: !isOn } });
    await refresh('companies.show', 'audit.list');
    toast(isOn ? 'Unusual use is no longer mailed.' : 'Unusual use is mailed.');
  });
  return (
    <Card>
      <div className="grid gap-4">
        <Checkbox
          label="Mail what is unusual"
          hint="A day far above its own past, a new domain, many more requests refused or failed than usual. One mail a day at most, to the contact address, or to the owners where there is none."
          checked={isOn}
          disabled={!may('company.change') || turn.pending}
          onChange={() => void turn.run()}
        />
        {turn.problem !== undefined && <ErrorPanel problem={turn.problem} />}
      </div>
    </Card>
  );
};
