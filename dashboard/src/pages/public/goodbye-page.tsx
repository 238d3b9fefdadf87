/** After an account was deleted: what was erased. */
import type { ReactElement } from 'react';
import { PageHeader } from '../../components/page.tsx';
import { ReceiptView } from '../../components/receipt.tsx';
import { keptReceipt } from '../../shell/farewell.ts';

/** The page. */
export const GoodbyePage = (): ReactElement => {
  const receipt = keptReceipt();
  return (
    <>
      <PageHeader
        title="Your account is deleted"
        lead="Its keys and sessions have ended. The receipt is also on its way by mail."
      />
      {receipt !== undefined && <ReceiptView receipt={receipt} />}
    </>
  );
};
