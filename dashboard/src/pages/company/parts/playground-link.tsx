/** From a project to where it can be tried. */
import type { ReactElement } from 'react';
import { ButtonLink } from '../../../components/button.tsx';
import { useCompany } from '../../../shell/company.ts';

/** For beside the title of the project; nothing for those who may not spend its units. */
export const PlaygroundLink = ({ project }: { readonly project: string }): ReactElement | null => {
  const { id: company, may } = useCompany();
  if (!may('projects.try')) return null;
  return (
    <ButtonLink to="/companies/$company/projects/$project/playground" params={{ company, project }}>
      Playground
    </ButtonLink>
  );
};
