/** The live try-out: what the server says of whoever looks, and of any address. */
import { useState, type ReactElement } from 'react';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { CodeBlock } from '../../../components/code-block.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Notice } from '../../../components/notice.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { JsonTree } from '../playground/json-tree.tsx';
import { refusalOf } from './facts.ts';
import { couldBeAddress, curlOf, useLookUp, type Looked } from './look-up.ts';
import { VisitorCard } from './visitor-card.tsx';

const DECIMALS = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });

const Answer = ({ looked }: { readonly looked: Looked }): ReactElement => {
  const { number, address, status, answer, durationMs } = looked;
  return (
    <>
      {status < 400 ? (
        <VisitorCard answer={answer} />
      ) : (
        <Notice tone="bad" title="The server refused">
          <p>{refusalOf(answer) ?? `HTTP ${status}`}</p>
        </Notice>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-quiet">
          <Badge tone={status < 400 ? 'good' : 'bad'}>{`HTTP ${status}`}</Badge>
          <span>{`${DECIMALS.format(durationMs)} ms on the server`}</span>
        </p>
        <CopyButton text={JSON.stringify(answer, null, 2)} what="answer" />
      </div>
      <details>
        <summary className="link w-fit cursor-pointer">The answer as JSON</summary>
        <div className="mt-3">
          <JsonTree key={number} value={answer} />
        </div>
      </details>
      <CodeBlock code={curlOf(address, location)} what="curl command" />
      {address === '' && (
        <p className="text-sm text-quiet">
          From a terminal it says what curl is and where your server stands; from a page it says who looks.
        </p>
      )}
    </>
  );
};

/** For those who may spend the project's units. */
export const TryOut = ({
  company,
  project,
}: {
  readonly company: string;
  readonly project: string;
}): ReactElement => {
  const [address, setAddress] = useState('');
  const [error, setError] = useState<string | undefined>(undefined);
  const { looked, problem, isPending, look } = useLookUp(company, project);
  const lookUp = (): void => {
    const isOne = couldBeAddress(address);
    setError(isOne ? undefined : 'Enter an IPv4 or IPv6 address, such as 9.9.9.9 or 2620:fe::fe.');
    if (isOne) void look(address.trim());
  };
  return (
    <div className="grid gap-4">
      <div>
        <Button
          look="primary"
          pending={isPending}
          onClick={() => {
            setError(undefined);
            void look('');
          }}
        >
          Look at me
        </Button>
      </div>
      <form
        noValidate
        className="grid max-w-xl grid-cols-[minmax(0,1fr)_auto] items-start gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          lookUp();
        }}
      >
        <TextField
          label="Or any address"
          value={address}
          onChange={setAddress}
          maxLength={45}
          spellCheck={false}
          autoCapitalize="none"
          placeholder="9.9.9.9"
          error={error}
        />
        {/* As far down as the field is below its label, whatever stands under the field. */}
        <div className="mt-7.5">
          <Button type="submit" pending={isPending}>
            Look up
          </Button>
        </div>
      </form>
      <p role="status" className="sr-only">
        {looked !== undefined && !isPending ? 'The answer is here.' : ''}
      </p>
      {problem !== undefined && (
        <ErrorPanel problem={problem} onRetry={() => void look(looked?.address ?? '')} />
      )}
      {looked !== undefined && <Answer looked={looked} />}
    </div>
  );
};
