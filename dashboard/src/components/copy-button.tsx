/** Copies a text, and says that it did. */
import { CheckIcon, CopyIcon } from '@radix-ui/react-icons';
import { useEffect, useState, type ReactElement } from 'react';
import { Button } from './button.tsx';
import { toast } from './toast.tsx';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for screen readers: "secret key". */
  readonly what: string;
  /** On the button itself. */
  readonly label?: string;
}

/** A button that copies. Where the browser refuses, it says so: the text can still be marked by hand. */
export const CopyButton = ({ text, what, label = 'Copy' }: CopyButtonProps): ReactElement => {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      toast(`Copied: ${what}.`);
    } catch {
      toast(`The browser did not allow copying. Mark the ${what} and copy it by hand.`);
    }
  };
  return (
    <Button small onClick={() => void copy()} aria-label={`${label} ${what}`}>
      {isCopied ? <CheckIcon aria-hidden /> : <CopyIcon aria-hidden />} {label}
    </Button>
  );
};
