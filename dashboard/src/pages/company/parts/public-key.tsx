/** A public key in short, to be copied whole. */
import { CopyIcon } from '@radix-ui/react-icons';
import type { ReactElement } from 'react';
import { toast } from '../../../components/toast.tsx';
import type { Key } from '../../../api/shapes.ts';
import { shortKey } from './key-state.ts';
import { SmallIconButton } from './small-icon-button.tsx';

const copy = async (key: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(key);
    toast('Copied: the public key.');
  } catch {
    toast(`The browser did not allow copying. The public key is ${key}`);
  }
};

/** Both ends of it and a button. */
export const PublicKey = ({ shown }: { readonly shown: Key }): ReactElement => (
  <span className="flex items-center justify-end gap-1 sm:justify-start">
    <code className="font-mono text-sm whitespace-nowrap" title={shown.public_key}>
      {shortKey(shown.public_key)}
    </code>
    <SmallIconButton label={`Copy public key of ${shown.name}`} onClick={() => void copy(shown.public_key)}>
      <CopyIcon aria-hidden />
    </SmallIconButton>
  </span>
);
