/** How one proves who one is, and where one is signed in. */
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { read } from '../../api/query.ts';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page.tsx';
import { QueryView } from '../../components/query-view.tsx';
import { PasskeySection } from './security/passkeys.tsx';
import { hasSecondFactor, PasswordSection } from './security/password.tsx';
import { RecoveryCodesDialog, RecoverySection } from './security/recovery-codes.tsx';
import { SessionsSection } from './security/sessions.tsx';
import { TotpSection } from './security/totp.tsx';

/** The page. */
export const SecurityPage = (): ReactElement => {
  const { required } = useSearch({ from: '/member/account/security' });
  const factors = useQuery(read('factors.show'));
  // New codes may come from three places; they are shown by one dialog that outlives whatever asked for them.
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <>
      <PageHeader title="Security" lead="How you prove who you are, and where you are signed in." />
      {required === true && factors.data !== undefined && (
        <div className="mb-8">
          <Notice tone="warn" title="Your company asks for a second factor">
            {hasSecondFactor(factors.data)
              ? 'You have one, but did not use it in this session. Sign out, and sign in with it.'
              : 'Set up an authenticator app or a passkey below, then sign in with it.'}
          </Notice>
        </div>
      )}
      <QueryView query={factors} lines={8}>
        {(data) => (
          <>
            <PasswordSection factors={data} />
            <TotpSection totp={data.totp} onCodes={setCodes} />
            <PasskeySection passkeys={data.passkeys} onCodes={setCodes} />
            <RecoverySection factors={data} onCodes={setCodes} />
          </>
        )}
      </QueryView>
      <SessionsSection />
      <RecoveryCodesDialog codes={codes} onDone={() => setCodes(null)} />
    </>
  );
};
