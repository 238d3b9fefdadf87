/** What was erased, counted per store, and what was kept and why. */
import type { ReactElement } from 'react';
import type { Receipt } from '../api/shapes.ts';
import { Button } from './button.tsx';
import { DateTime } from './date-time.tsx';
import { download } from './download.ts';

/** What the server's stores are called on the page. */
const NAMES: Readonly<Record<string, string>> = {
  account: 'Account',
  audit: 'Entries of the audit log',
  company: 'Company',
  domains: 'Authorised domains',
  'domain-calls': 'Counts of calls by domain',
  'email-changes': 'Open changes of the address',
  'failure-notices': 'Times of mails about failed attempts',
  invitations: 'Invitations',
  keys: 'Keys',
  'key-failures': 'Counts of failed attempts by key',
  'key-links': 'Open links to a new secret',
  'key-use': 'Times when keys were last used',
  mail: 'Mails that have not left yet',
  memberships: 'Memberships',
  passkeys: 'Passkeys',
  password: 'Password',
  'password-resets': 'Links to reset the password',
  projects: 'Projects',
  quota: 'Counts against the limits of days and months',
  'recovery-codes': 'Recovery codes',
  'request-log': 'Logged requests',
  sessions: 'Sessions',
  totp: 'Authenticator app',
  'unusual-use': 'What was unusual about the use',
  usage: 'Counts of use',
  webhooks: 'Webhooks',
  'webhook-deliveries': 'Messages to webhooks',
};

/** A store of a later version has the server's own name. */
const nameOf = (store: string): string => (Object.hasOwn(NAMES, store) ? NAMES[store] : undefined) ?? store;

/** Rows per store, of a plan or of a receipt. */
export const StoreTable = ({
  caption,
  stores,
}: {
  readonly caption: string;
  readonly stores: Receipt['erased'];
}): ReactElement => (
  <div>
    <p className="font-medium">{caption}</p>
    <dl className="mt-1 divide-y divide-line">
      {stores.map(({ store, rows }) => (
        <div key={store} className="flex justify-between gap-4 py-1.5">
          <dt className="min-w-0 wrap-anywhere">{nameOf(store)}</dt>
          <dd className="tabular-nums">{rows.toLocaleString('en-GB')}</dd>
        </div>
      ))}
    </dl>
  </div>
);

/** What stays behind for a while, as a list; nothing where the list is empty. */
export const KeptList = ({ kept }: { readonly kept: readonly string[] }): ReactElement | null =>
  kept.length === 0 ? null : (
    <div>
      <p className="font-medium">What stays for a while</p>
      <ul className="list-disc pl-5">
        {kept.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );

/** A receipt, to be read and saved. */
export const ReceiptView = ({ receipt }: { readonly receipt: Receipt }): ReactElement => (
  <div className="grid gap-4">
    <p>
      Receipt <code className="font-mono text-sm">{receipt.id}</code>, <DateTime at={receipt.at} exact />.
    </p>
    <StoreTable caption="What was erased" stores={receipt.erased} />
    <KeptList kept={receipt.kept} />
    <p>
      <Button onClick={() => download(`${JSON.stringify(receipt, null, 2)}\n`, `${receipt.id}.json`)}>
        Save the receipt
      </Button>
    </p>
  </div>
);
