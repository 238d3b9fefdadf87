/** The switch of the request log: off, or on for so many days, with or without what is asked. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { fieldOf } from '../../../api/problem.ts';
import { refresh } from '../../../api/query.ts';
import type { Logging } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { AlertDialog } from '../../../components/dialog.tsx';
import { Form } from '../../../components/form.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Card } from '../../../components/page.tsx';
import { Checkbox, TextField } from '../../../components/text-field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useAction } from '../../../components/use-action.ts';
import { useCompany } from '../../../shell/company.ts';
import { daysOf, MOST_DAYS, sayDays } from './log-words.ts';

interface LogSettingsProps {
  readonly project: string;
  readonly logging: Logging;
}

const State = ({ logging }: { readonly logging: Logging }): ReactElement => {
  const { days, queries, since, kept_days: kept } = logging;
  if (days === null)
    return (
      <p>
        <Badge>Off</Badge>{' '}
        {kept === null
          ? 'No request is written down.'
          : `No request is written down. What was logged before is deleted ${sayDays(kept)} after it came, or when you delete it.`}
      </p>
    );
  return (
    <p>
      <Badge tone="warn">On</Badge> Since <DateTime at={since} exact />. Each request is kept for{' '}
      {sayDays(days)}, {queries ? 'with what was asked.' : 'without what was asked.'}
    </p>
  );
};

const Warning = (): ReactElement => (
  <Notice tone="warn" title="What is kept while it is on">
    <p>
      Of each request of a known caller: time, operation, status, duration and which key it was. What was
      asked only if you tick it: that can be the address of somebody’s home.
    </p>
    <p>
      Never: network addresses, origins, programs, headers, bodies, answers, credentials. A request with{' '}
      <code className="font-mono text-sm">no_record=1</code> leaves no row.
    </p>
  </Notice>
);

interface TurnOffProps {
  readonly project: string;
  /** How long what is there would stay. */
  readonly days: number;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

const TurnOff = ({ project, days, open, onOpenChange }: TurnOffProps): ReactElement => {
  const { id: company } = useCompany();
  const [isDeleting, setDeleting] = useState(true);
  const turnOff = async (): Promise<void> => {
    await call('logs.change', { params: { company, project }, body: { days: null } });
    if (isDeleting) await call('logs.delete', { params: { company, project } });
    await refresh('logs.list', 'audit.list');
    toast(isDeleting ? 'The log is off and empty.' : 'The log is off.');
  };
  return (
    <AlertDialog
      open={open}
      onOpenChange={onOpenChange}
      title="Turn the request log off?"
      confirm="Turn off"
      look="primary"
      onConfirm={turnOff}
    >
      <div className="grid gap-4">
        <p>Within a second, no request is written down any more.</p>
        <Checkbox
          label="Delete what was logged as well"
          hint={`Otherwise each request goes ${sayDays(days)} after it came.`}
          checked={isDeleting}
          onChange={setDeleting}
        />
      </div>
    </AlertDialog>
  );
};

const Choice = ({ project, logging }: LogSettingsProps): ReactElement => {
  const { id: company } = useCompany();
  const [typed, setTyped] = useState(String(logging.days ?? 7));
  const [queries, setQueries] = useState(logging.queries);
  const [isWrong, setWrong] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const isOn = logging.days !== null;
  const save = useAction(async () => {
    const days = daysOf(typed);
    setWrong(days === undefined);
    if (days === undefined) return;
    await call('logs.change', {
      params: { company, project },
      // Only what is to change: to leave queries ticked asks for no new proof.
      body: queries === logging.queries ? { days } : { days, queries },
    });
    await refresh('logs.list', 'audit.list');
    toast(isOn ? 'The log is set.' : `Requests are logged for ${sayDays(days)} each.`);
  });
  const isRefused = isWrong || fieldOf(save.problem) === '/days';
  return (
    <>
      <Form action={save} fields={['/days']} label="Request log">
        <div className="max-w-40">
          <TextField
            label="Days to keep"
            value={typed}
            onChange={setTyped}
            inputMode="numeric"
            maxLength={3}
            hint={`1 to ${MOST_DAYS}`}
            error={isRefused ? `A whole number from 1 to ${MOST_DAYS}.` : undefined}
          />
        </div>
        <Checkbox
          label="Log what is asked as well"
          hint="The parameters of each request, without credentials. You are asked to prove who you are."
          checked={queries}
          onChange={setQueries}
        />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" pending={save.pending}>
            {isOn ? 'Save' : 'Turn on'}
          </Button>
          {isOn && <Button onClick={() => setAsking(true)}>Turn off</Button>}
        </div>
      </Form>
      {/* Beside the form: what is sent in a dialog inside would send the form as well. */}
      {logging.days !== null && (
        <TurnOff project={project} days={logging.days} open={isAsking} onOpenChange={setAsking} />
      )}
    </>
  );
};

/** The card. */
export const LogSettings = ({ project, logging }: LogSettingsProps): ReactElement => {
  const { may } = useCompany();
  return (
    <Card>
      <div className="grid gap-5">
        <State logging={logging} />
        <Warning />
        {may('logs.change') && (
          // Anew for other settings, so that what is shown is what holds.
          <Choice key={`${logging.days} ${logging.queries}`} project={project} logging={logging} />
        )}
      </div>
    </Card>
  );
};
