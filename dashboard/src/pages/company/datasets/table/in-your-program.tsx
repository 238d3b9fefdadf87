/** The API call that gives exactly what is on the screen. */
import { useState, type ReactElement } from 'react';
import { ChoiceRow } from '../../../../components/choice-row.tsx';
import { CodeBlock } from '../../../../components/code-block.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Section } from '../../../../components/page.tsx';
import { CertificateHint } from '../../parts/curl-call.tsx';
import { SECRET_PLACEHOLDER } from '../../parts/curl-line.ts';
import { curlOf, javaScriptOf, type Asked } from './snippets.ts';

type Way = 'curl' | 'JavaScript' | 'postgrest-js';

/** Why no key finds a dataset. */
const OUT_OF_REACH = {
  private:
    'This dataset is private, and keys find what the whole company sees. Its settings make it visible to the company; until then this call is answered as if there were none.',
  foreign:
    'This dataset is another company’s and was shared with you: keys find their own company’s datasets alone.',
} as const;

interface InYourProgramProps {
  readonly asked: Asked;
  readonly reach: 'keys' | keyof typeof OUT_OF_REACH;
}

/** Changes with every filter. A key of the company with the scope `datasets:read` stands where the placeholder is. */
export const InYourProgram = ({ asked, reach }: InYourProgramProps): ReactElement => {
  const [wanted, setWay] = useState<Way>('curl');
  const other = asked.isSearch ? 'JavaScript' : 'postgrest-js';
  const way = wanted === 'curl' ? wanted : other;
  return (
    <Section
      title="The same from your program"
      lead={
        <>
          Exactly these rows, with a key that may read datasets in place of{' '}
          <code className="font-mono text-sm">{SECRET_PLACEHOLDER}</code>.{' '}
          {asked.isSearch
            ? 'A search has an address of its own; filters, order and columns are PostgREST’s there too.'
            : 'The address speaks PostgREST’s language, so that its clients work unchanged.'}
        </>
      }
    >
      {reach !== 'keys' && <Notice tone="warn">{OUT_OF_REACH[reach]}</Notice>}
      <ChoiceRow legend="Way to call" choices={['curl', other]} value={way} onChange={setWay} />
      {way === 'curl' ? (
        <CodeBlock code={curlOf(asked, location)} what="curl command" />
      ) : (
        <CodeBlock code={javaScriptOf(asked, location.origin)} what="JavaScript program" />
      )}
      <CertificateHint />
    </Section>
  );
};
