/** What to paste into a page, and what to change where a client of VisitorAPI is there already. */
import { useState, type ReactElement } from 'react';
import { ChoiceRow } from '../../../components/choice-row.tsx';
import { CodeBlock } from '../../../components/code-block.tsx';
import { change, CLIENTS, snippet, WAYS, type Client, type Target, type Way } from './snippets.ts';

const NOTES: Readonly<Record<Way, string>> = {
  HTML: 'Anywhere in the page. It does not hold the page up.',
  React: 'A file of its own, such as use-visitor.js.',
  Vue: 'A file of its own, such as use-visitor.js.',
  'Google Tag Manager':
    'A Custom HTML tag on all pages. Data layer variables such as visitor.countryCode and a trigger on the event “visitor” do the rest. What your other tags do with it is theirs: one that sends it on may store it.',
};

/** Ready to be pasted. */
export const Snippets = ({ target }: { readonly target: Target }): ReactElement => {
  const [way, setWay] = useState<Way>('HTML');
  return (
    <div className="grid gap-3">
      <ChoiceRow legend="Kind of page" choices={WAYS} value={way} onChange={setWay} />
      <CodeBlock code={snippet(way, target)} what={`${way} snippet`} />
      <p className="max-w-2xl text-sm text-quiet">{NOTES[way]}</p>
    </div>
  );
};

const REMARKS: Readonly<Record<Client, ReactElement>> = {
  'npm package': (
    <>
      Its address is written into the package; the lines lead its calls here. They have to be on the axios
      that the package itself uses (<code className="font-mono">npm ls axios</code>). They do for{' '}
      <code className="font-mono">react-country-state-fields</code> as well.
    </>
  ),
  'Script from the CDN': (
    <>
      Where the script was pasted into your page, change the address in it to{' '}
      <code className="font-mono wrap-anywhere">{location.origin}/api/</code> and the id; nothing else.
    </>
  ),
};

/** For those who come from VisitorAPI: answers and errors are the same, word for word. */
export const FromVisitorApi = ({ target }: { readonly target: Target }): ReactElement => {
  const [client, setClient] = useState<Client>('npm package');
  return (
    <details>
      <summary className="link w-fit cursor-pointer">You use VisitorAPI already?</summary>
      <div className="mt-3 grid gap-3">
        <p className="max-w-2xl">
          Fields and errors are the same, word for word. Only the address and the project’s id change.
        </p>
        <ChoiceRow legend="Client in use" choices={CLIENTS} value={client} onChange={setClient} />
        <CodeBlock code={change(client, target)} what="change" />
        <p className="max-w-2xl text-sm text-quiet">{REMARKS[client]}</p>
      </div>
    </details>
  );
};
