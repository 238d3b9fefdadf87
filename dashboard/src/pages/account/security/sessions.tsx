/** Where one is signed in. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { readLive, refresh } from '../../../api/query.ts';
import type { SignedInSession } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Section } from '../../../components/page.tsx';
import { laterOf } from '../../../components/say-when.ts';
import { QueryView } from '../../../components/query-view.tsx';
import { Table } from '../../../components/table.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';

const nameOf = ({ browser, platform }: SignedInSession): string => `${browser} on ${platform}`;

const EndButton = ({ session }: { readonly session: SignedInSession }): ReactElement => {
  const action = useAction(async () => {
    await call('sessions.end', { params: { session: session.id } });
    await refresh('sessions.list');
    toast('The session has ended.');
  });
  return (
    <>
      {action.problem !== undefined && <ErrorPanel problem={action.problem} />}
      <Button
        small
        aria-label={`End session: ${nameOf(session)}`}
        pending={action.pending}
        onClick={() => void action.run()}
      >
        End
      </Button>
    </>
  );
};

const endOthers = async (): Promise<void> => {
  const { ended } = await call('sessions.end-others');
  await refresh('sessions.list');
  toast(ended === 1 ? 'One session has ended.' : `${ended} sessions have ended.`);
};

/** The list of sessions. */
export const SessionsSection = (): ReactElement => {
  const [isAsking, setAsking] = useState(false);
  const sessions = useQuery(readLive('sessions.list'));
  const hasOthers = (sessions.data?.items.length ?? 0) > 1;
  return (
    <Section
      title="Sessions"
      lead="Where you are signed in. We keep the kind of browser, never an address."
      actions={hasOthers && <Button onClick={() => setAsking(true)}>End all others</Button>}
    >
      <QueryView query={sessions}>
        {({ items }) => (
          <Table
            caption="Your sessions"
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                header: 'Browser',
                cell: (session) => (
                  <span className="flex flex-wrap items-center gap-2">
                    {nameOf(session)} {session.current && <Badge tone="good">This one</Badge>}
                  </span>
                ),
              },
              { header: 'Signed in', cell: ({ created_at }) => <DateTime at={created_at} /> },
              {
                header: 'Last seen',
                cell: ({ last_seen_at, created_at }) => <DateTime at={laterOf(last_seen_at, created_at)} />,
              },
              { header: 'Second factor', cell: ({ second_factor }) => (second_factor ? 'Used' : 'Not used') },
              {
                header: 'Actions',
                actions: true,
                cell: (session) => !session.current && <EndButton session={session} />,
              },
            ]}
          />
        )}
      </QueryView>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="End all other sessions?"
        confirm="End all others"
        onConfirm={endOthers}
      >
        <p>Everywhere but in this browser you will have to sign in again.</p>
      </AlertDialog>
    </Section>
  );
};
