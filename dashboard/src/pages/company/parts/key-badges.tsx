/** The state of a key in words. */
import type { ReactElement, ReactNode } from 'react';
import type { Key } from '../../../api/shapes.ts';
import { Badge } from '../../../components/badge.tsx';
import { DateTime } from '../../../components/date-time.tsx';
import { stateOf, type KeyState } from './key-state.ts';

interface Words {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly label: string;
  /** What the label leaves open: until when, since when. */
  readonly remark: (shown: Key) => ReactNode;
}

const WORDS: Readonly<Record<KeyState, Words>> = {
  active: {
    tone: 'good',
    label: 'Active',
    remark: ({ expires_at: at }) =>
      at !== null && (
        <>
          expires <DateTime at={at} />
        </>
      ),
  },
  rotating: {
    tone: 'warn',
    label: 'Rotating',
    remark: ({ previous_secret_expires_at: at }) => (
      <>
        old secret ends <DateTime at={at} />
      </>
    ),
  },
  revoked: { tone: 'bad', label: 'Revoked', remark: ({ revoked_at: at }) => <DateTime at={at} /> },
  expired: { tone: 'bad', label: 'Expired', remark: ({ expires_at: at }) => <DateTime at={at} /> },
};

/** State, and that a secret was exposed. */
export const KeyBadges = ({ shown }: { readonly shown: Key }): ReactElement => {
  const { tone, label, remark } = WORDS[stateOf(shown, Date.now())];
  return (
    <span className="grid justify-items-end gap-1 sm:justify-items-start">
      <span className="flex flex-wrap justify-end gap-1 sm:justify-start">
        <Badge tone={tone}>{label}</Badge>
        {shown.exposed_at !== null && <Badge tone="bad">Exposed</Badge>}
      </span>
      <span className="text-right text-sm wrap-normal text-quiet sm:text-left">{remark(shown)}</span>
    </span>
  );
};
