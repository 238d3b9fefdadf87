/** Settings of a company: name, mail, second factor, data, end. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { read } from '../../api/query.ts';
import { PageHeader, Section } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { useCompany } from '../../shell/company.ts';
import { CompanyDatasets } from './datasets/company-datasets.tsx';
import { CompanyCard } from './parts/company-form.tsx';
import { DeleteCompany } from './parts/delete-company.tsx';
import { ExportCompany } from './parts/export-company.tsx';
import { MailUnusual } from './parts/mail-unusual.tsx';
import { RequireFactor } from './parts/require-factor.tsx';
import { WhoMay } from './parts/who-may.tsx';

/** The page. */
export const SettingsPage = (): ReactElement => {
  const { id, name, may } = useCompany();
  const company = useQuery(read('companies.show', { params: { company: id } }));
  return (
    <>
      <PageHeader title="Settings" tab={`Settings of ${name}`} />
      <Section title="Company">
        <QueryView query={company}>{(data) => <CompanyCard company={data} />}</QueryView>
        <WhoMay permission="company.change" deed="change these" />
      </Section>
      <Section title="Mail about use">
        <QueryView query={company}>{(data) => <MailUnusual company={data} />}</QueryView>
        <WhoMay permission="company.change" deed="change this" />
      </Section>
      <Section title="Second factor of all members">
        <QueryView query={company}>{(data) => <RequireFactor company={data} />}</QueryView>
        <WhoMay permission="company.secure" deed="change this" />
      </Section>
      <Section title="Datasets">
        <CompanyDatasets />
        <WhoMay permission="datasets.settings" deed="change this" />
      </Section>
      <Section title="Export">
        {may('company.export') && <ExportCompany />}
        <WhoMay permission="company.export" deed="export the data of the company" />
      </Section>
      <Section title="Delete the company">
        {may('company.delete') && <DeleteCompany />}
        <WhoMay permission="company.delete" deed="delete the company" />
      </Section>
    </>
  );
};
