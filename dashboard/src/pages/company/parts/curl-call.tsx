/** The first call, ready to be pasted. */
import type { ReactElement } from 'react';
import { CodeBlock } from '../../../components/code-block.tsx';
import { curlLine, isLocalHost } from './curl-line.ts';

/** What `--cacert` is for; nothing where the certificate is one that curl trusts anyway. */
export const CertificateHint = (): ReactElement | null =>
  isLocalHost(location.hostname) ? (
    <p className="text-sm text-quiet">
      This installation made its own certificate:{' '}
      <code className="font-mono whitespace-nowrap">--cacert</code> names the file{' '}
      <code className="font-mono">tls/ca.pem</code> in its data folder. With a public certificate, leave that
      part out.
    </p>
  ) : null;

/** The line with a copy button. @param secret the real one; a placeholder where left out. */
export const CurlCall = ({ secret }: { readonly secret?: string }): ReactElement => (
  <div className="grid gap-2">
    <CodeBlock code={curlLine(location, secret)} what="curl command" />
    <CertificateHint />
  </div>
);
