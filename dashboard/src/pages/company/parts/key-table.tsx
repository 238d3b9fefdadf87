/** Keys as a table, and what is done with one. */
import { DotsHorizontalIcon } from '@radix-ui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { read, refresh } from '../../../api/query.ts';
import type { Key } from '../../../api/shapes.ts';
import { DateTime } from '../../../components/date-time.tsx';
import { laterOf } from '../../../components/say-when.ts';
import { AlertDialog } from '../../../components/dialog.tsx';
import { Menu, MenuItem } from '../../../components/menu.tsx';
import { Table, type Column } from '../../../components/table.tsx';
import { toast } from '../../../components/toast.tsx';
import { useCompany } from '../../../shell/company.ts';
import { ChangeKeyDialog } from './change-key.tsx';
import { InlineName } from './inline-name.tsx';
import { KeyBadges } from './key-badges.tsx';
import { LONGEST_KEY_NAME } from './new-key.tsx';
import { sayNumber } from './outcomes.ts';
import { PublicKey } from './public-key.tsx';
import { RotateDialog } from './rotate-key.tsx';
import { SecretDialog, type MadeSecret } from './secret-dialog.tsx';

const rename = async (company: string, key: string, name: string): Promise<void> => {
  await call('keys.change', { params: { company, key }, body: { name } });
  await refresh('keys.list', 'audit.list');
  toast('The key has a new name.');
};

const revoke = async (company: string, key: string): Promise<void> => {
  await call('keys.revoke', { params: { company, key } });
  await refresh('keys.list', 'projects.list', 'projects.show', 'audit.list');
  toast('The key is revoked.');
};

/** From where it may be used: in words where that is everywhere. */
const KeyNetworks = ({ shown }: { readonly shown: Key }): ReactElement =>
  shown.networks.length === 0 ? (
    <>everywhere</>
  ) : (
    <span className="grid justify-items-end gap-0.5 font-mono text-sm sm:min-w-36 sm:justify-items-start">
      {shown.networks.map((network) => (
        <span key={network}>{network}</span>
      ))}
    </span>
  );

/** Limits of its own, where it has some. */
const KeyLimits = ({ shown }: { readonly shown: Key }): ReactElement | null => {
  const { per_second: second, per_day: day } = shown;
  if (second === null && day === null) return null;
  const parts = [
    ...(second === null ? [] : [`${sayNumber(second)} a second`]),
    ...(day === null ? [] : [`${sayNumber(day)} a day`]),
  ];
  return <span className="text-sm text-quiet">{parts.join(', ')}</span>;
};

/** An address breaks before its @ rather than in the middle of a word. */
const Breakable = ({ name }: { readonly name: string }): ReactElement => {
  const at = name.lastIndexOf('@');
  return at < 1 ? (
    <>{name}</>
  ) : (
    <>
      {name.slice(0, at)}
      <wbr />
      {name.slice(at)}
    </>
  );
};

/** When it was made, and by whom. */
const KeyMaker = ({ shown }: { readonly shown: Key }): ReactElement => {
  const { id: company } = useCompany();
  const members = useQuery(read('members.list', { params: { company } })).data?.items ?? [];
  const maker = members.find(({ user }) => user === shown.created_by);
  return (
    <span className="grid justify-items-end gap-0.5 sm:justify-items-start">
      <Moment at={shown.created_at} />
      <span className="text-sm text-quiet">
        by{' '}
        {maker === undefined ? (
          'the operator or a former member'
        ) : (
          <Breakable name={maker.name ?? maker.email} />
        )}
      </span>
    </span>
  );
};

/** Breaks between words alone. */
const Moment = ({ at }: { readonly at: string | null }): ReactElement => (
  <span className="wrap-normal">
    <DateTime at={at} />
  </span>
);

interface KeyTableProps {
  readonly keys: readonly Key[];
  /** Name of a key's project, under the key's own; left out where this is. */
  readonly projectName?: (project: string) => ReactElement | string;
}

interface Open {
  readonly what: 'change' | 'rotate' | 'revoke';
  readonly id: string;
}

/** The table with its dialogs. */
export const KeyTable = ({ keys, projectName }: KeyTableProps): ReactElement => {
  const { id: company, may } = useCompany();
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const [made, setMade] = useState<MadeSecret | undefined>(undefined);
  const mayChange = may('keys.change');
  // By id: what a dialog shows changes along with the list.
  const chosen = keys.find(({ id }) => id === open?.id);
  const close = (): void => setOpen(undefined);
  const columns: readonly Column<Key>[] = [
    {
      header: 'Name',
      cell: (key) => (
        <span className="block">
          <InlineName
            name={key.name}
            what="key"
            maxLength={LONGEST_KEY_NAME}
            mayRename={mayChange && key.revoked_at === null}
            save={(name) => rename(company, key.id, name)}
          >
            {key.name}
          </InlineName>
          {projectName !== undefined && (
            <span className="block text-sm font-normal">{projectName(key.project)}</span>
          )}
        </span>
      ),
    },
    {
      header: 'Public key',
      cell: (key) => <PublicKey shown={key} />,
    },
    { header: 'From', cell: (key) => <KeyNetworks shown={key} /> },
    { header: 'Created', cell: (key) => <KeyMaker shown={key} /> },
    {
      header: 'Last used',
      // Use is known to the quarter of an hour, rounded down, which may be before the key was made.
      cell: ({ last_used_at, created_at }) => (
        <Moment at={last_used_at === null ? null : laterOf(last_used_at, created_at)} />
      ),
    },
    {
      header: 'State',
      cell: (key) => (
        <span className="grid justify-items-end gap-1 sm:justify-items-start">
          <KeyBadges shown={key} />
          <KeyLimits shown={key} />
        </span>
      ),
    },
    ...(mayChange
      ? [
          {
            header: 'Actions',
            actions: true,
            cell: (key: Key) =>
              key.revoked_at === null && (
                <Menu
                  align="end"
                  label={`Actions for ${key.name}`}
                  trigger={
                    <>
                      <span className="sm:hidden">Actions</span>
                      <DotsHorizontalIcon aria-hidden />
                    </>
                  }
                >
                  <MenuItem onSelect={() => setOpen({ what: 'change', id: key.id })}>Settings…</MenuItem>
                  <MenuItem onSelect={() => setOpen({ what: 'rotate', id: key.id })}>Rotate…</MenuItem>
                  <MenuItem onSelect={() => setOpen({ what: 'revoke', id: key.id })}>Revoke…</MenuItem>
                </Menu>
              ),
          },
        ]
      : []),
  ];
  return (
    <>
      <Table caption="Keys, newest first" rows={keys} rowKey={({ id }) => id} columns={columns} />
      <ChangeKeyDialog shown={open?.what === 'change' ? chosen : undefined} onClose={close} />
      <RotateDialog
        shown={open?.what === 'rotate' ? chosen : undefined}
        onClose={close}
        onMade={(reply) => {
          close();
          setMade(reply);
        }}
      />
      <SecretDialog made={made} title="Your new secret" onStored={() => setMade(undefined)} />
      <AlertDialog
        open={open?.what === 'revoke' && chosen !== undefined}
        onOpenChange={(isOpen) => !isOpen && close()}
        title="Revoke the key?"
        confirm="Revoke key"
        onConfirm={() => (chosen === undefined ? Promise.resolve() : revoke(company, chosen.id))}
      >
        <p>
          <strong>{chosen?.name}</strong> stops working within a second, with every secret that it has. This
          cannot be undone; to change the secret without a gap, rotate the key instead.
        </p>
      </AlertDialog>
    </>
  );
};
