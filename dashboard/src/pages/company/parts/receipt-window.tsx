/** The receipt of a deleted company. The page about the company goes with it, so this stands in a root of its own. */
import { createRoot } from 'react-dom/client';
import type { Receipt } from '../../../api/shapes.ts';
import { Button } from '../../../components/button.tsx';
import { Actions, Dialog } from '../../../components/dialog.tsx';
import { ReceiptView } from '../../../components/receipt.tsx';

/** Shows it until the person closes it. @param name of what was deleted. */
export const showReceipt = (name: string, receipt: Receipt): void => {
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  const close = (): void => {
    root.unmount();
    place.remove();
  };
  root.render(
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && close()}
      sticky
      title={`${name} is deleted`}
      description="Its keys have stopped working. All members get this receipt by mail."
    >
      <div className="grid gap-4">
        <ReceiptView receipt={receipt} />
        <Actions>
          <Button look="primary" onClick={close}>
            Close
          </Button>
        </Actions>
      </div>
    </Dialog>,
  );
};
