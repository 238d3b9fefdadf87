/** Something to be copied into a terminal or a file. */
import type { ReactElement } from 'react';
import { CopyButton } from './copy-button.tsx';

interface CodeBlockProps {
  readonly code: string;
  /** What it is, for screen readers: "curl command". */
  readonly what: string;
}

/** Code that wraps rather than scrolls, with a button to copy it. */
export const CodeBlock = ({ code, what }: CodeBlockProps): ReactElement => (
  <div className="flex flex-wrap items-start gap-3 rounded-r-card border border-l-4 border-line border-l-link bg-sunken p-3 text-left">
    <pre className="min-w-0 flex-1 basis-64 self-center font-mono text-sm leading-6 whitespace-pre-wrap wrap-anywhere">
      <code>{code}</code>
    </pre>
    <CopyButton text={code} what={what} />
  </div>
);
