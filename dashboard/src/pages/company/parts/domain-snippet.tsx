/** The call that a page makes, ready to be pasted. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { read } from '../../../api/query.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Section } from '../../../components/page.tsx';
import { useCompany } from '../../../shell/company.ts';
import { works } from './key-state.ts';
import { pageCall } from './page-call.ts';

/** With the public key of the newest pair that works, else with the id of the project. */
export const DomainSnippet = ({ project }: { readonly project: string }): ReactElement => {
  const { id: company } = useCompany();
  const keys = useQuery(read('keys.list', { params: { company }, query: { project } })).data?.items ?? [];
  const publicKey = keys.find((key) => works(key, Date.now()))?.public_key;
  return (
    <Section
      title="In your page"
      lead={
        publicKey === undefined
          ? 'The id of the project is enough. With a key you could tell your pages apart, and end one of them alone.'
          : 'The public key may stand in the page. The secret may not: whoever opens the page could read it.'
      }
    >
      <CodeBlock code={pageCall(location.origin, publicKey ?? project)} what="JavaScript" />
    </Section>
  );
};
