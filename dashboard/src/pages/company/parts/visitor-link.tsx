/** From a project to its visitor lookup. */
import type { ReactElement } from 'react';
import { ButtonLink } from '../../../components/button.tsx';
import { useCompany } from '../../../shell/company.ts';

/** For beside the title of the project. */
export const VisitorLink = ({ project }: { readonly project: string }): ReactElement => {
  const { id: company } = useCompany();
  return (
    <ButtonLink to="/companies/$company/projects/$project/visitor" params={{ company, project }}>
      Visitor lookup
    </ButtonLink>
  );
};
