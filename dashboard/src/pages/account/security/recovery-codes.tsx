/** Recovery codes: shown once, copied or saved, replaced. */
import { useState, type ReactElement } from 'react';
import { call } from '../../../api/client.ts';
import { refresh } from '../../../api/query.ts';
import type { Factors } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Actions, AlertDialog, Dialog } from '../../../components/dialog.tsx';
import { download } from '../../../components/download.ts';
import { Card, Section } from '../../../components/page.tsx';
import { Checkbox } from '../../../components/text-field.tsx';
import { hasSecondFactor } from './password.tsx';

const FEW = 3;

const Codes = ({
  codes,
  onDone,
}: {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}): ReactElement => {
  const [isStored, setStored] = useState(false);
  const text = codes.join('\n');
  return (
    <div className="grid gap-5">
      <ol className="grid gap-x-6 gap-y-1 rounded-card bg-sunken p-4 font-mono sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={text} what="recovery codes" />
        <Button small onClick={() => download(`${text}\n`, 'vouchsafe-recovery-codes.txt')}>
          Save as a file
        </Button>
      </div>
      <Checkbox label="I have stored these codes" checked={isStored} onChange={setStored} />
      <Actions>
        <Button look="primary" disabled={!isStored} onClick={onDone}>
          Done
        </Button>
      </Actions>
    </div>
  );
};

interface RecoveryCodesDialogProps {
  readonly codes: readonly string[] | null;
  readonly onDone: () => void;
}

/** Shows new codes, this one time. */
export const RecoveryCodesDialog = ({ codes, onDone }: RecoveryCodesDialogProps): ReactElement => (
  <Dialog
    open={codes !== null}
    onOpenChange={(isOpen) => !isOpen && onDone()}
    sticky
    title="Your recovery codes"
    description="Each signs you in once, should you lose your other factors. They are shown only now: print them, or put them into your password manager."
  >
    {codes !== null && <Codes codes={codes} onDone={onDone} />}
  </Dialog>
);

interface RecoverySectionProps {
  readonly factors: Factors;
  readonly onCodes: (codes: readonly string[]) => void;
}

/** How many are left, and the way to new ones; nothing without a second factor. */
export const RecoverySection = ({ factors, onCodes }: RecoverySectionProps): ReactElement | null => {
  const [isAsking, setAsking] = useState(false);
  const left = factors.recovery_codes_left;
  if (!hasSecondFactor(factors)) return null;
  const replace = async (): Promise<void> => {
    const reply = await call('recovery-codes.replace', { body: {} });
    await refresh('factors.show', 'session.show');
    onCodes(reply.recovery_codes);
  };
  return (
    <Section title="Recovery codes">
      <Card>
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p className="flex min-w-0 flex-1 basis-60 flex-wrap items-center gap-3">
            <Badge tone={left === 0 ? 'bad' : left <= FEW ? 'warn' : 'plain'}>{left} left</Badge>
            <span>Each signs you in once, should you lose your other factors.</span>
          </p>
          <Button onClick={() => setAsking(true)}>Make new codes</Button>
        </div>
      </Card>
      <AlertDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Make new recovery codes?"
        confirm="Make new codes"
        look="primary"
        onConfirm={replace}
      >
        <p>The codes that you have now stop working.</p>
      </AlertDialog>
    </Section>
  );
};
