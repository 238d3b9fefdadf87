/** The question of the playground as a line for a terminal, and as a program. */
import { useState, type ReactElement } from 'react';
import { ChoiceRow } from '../../../components/choice-row.tsx';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Section } from '../../../components/page.tsx';
import { isLocalHost, SECRET_PLACEHOLDER } from '../parts/curl-line.ts';
import type { Question } from './question.ts';
import { curlOf, LANGUAGES, snippet, type Language } from './snippets.ts';

const Certificate = (): ReactElement | null =>
  isLocalHost(location.hostname) ? (
    <p className="text-sm text-quiet">
      This installation made its own certificate. Programs trust it when{' '}
      <code className="font-mono">SSL_CERT_FILE=data/tls/ca.pem</code> (for Node{' '}
      <code className="font-mono">NODE_EXTRA_CA_CERTS</code>) stands before the command; the file lies in its
      data folder.
    </p>
  ) : null;

/** What stands in the form, not what was asked last: a change of an option shows at once. */
export const InYourProgram = ({ question }: { readonly question: Question }): ReactElement => {
  const [language, setLanguage] = useState<Language>('JavaScript');
  return (
    <Section
      title="In your program"
      lead={
        <>
          The same question with a key of the project in place of{' '}
          <code className="font-mono text-sm">{SECRET_PLACEHOLDER}</code>.
        </>
      }
    >
      <CodeBlock code={curlOf(question, location)} what="curl command" />
      <ChoiceRow legend="Programming language" choices={LANGUAGES} value={language} onChange={setLanguage} />
      <CodeBlock code={snippet(language, question, location.origin)} what={`${language} program`} />
      <Certificate />
    </Section>
  );
};
