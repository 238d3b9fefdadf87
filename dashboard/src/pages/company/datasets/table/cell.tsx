/** One cell of the table. */
import type { ReactElement } from 'react';
import { showShort } from './cell-text.ts';

/** Null and the empty text are told apart by word; any other text stands for itself, whatever its direction. */
export const CellText = ({ value }: { readonly value: string | null }): ReactElement => {
  if (value === null) return <span className="text-quiet italic">null</span>;
  if (value === '') return <span className="text-sm text-quiet">empty text</span>;
  // An element of its own direction: signs that turn a line around end with it.
  return (
    <bdi dir="auto" className="whitespace-pre">
      {showShort(value).text}
    </bdi>
  );
};
