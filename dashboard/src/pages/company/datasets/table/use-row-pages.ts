/** Pages of rows for a component that is drawn anew when some arrive. */
import { useEffect, useReducer, useState } from 'react';
import { createRowPages, type FetchPage, type RowPages } from './row-pages.ts';

/** @param key of the question: another one begins anew. */
export const useRowPages = (key: string, fetchPage: FetchPage): RowPages => {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const make = (): RowPages => createRowPages({ fetchPage, onChange: draw });
  const [kept, keep] = useState(() => ({ key, pages: make() }));
  let current = kept;
  if (kept.key !== key) {
    current = { key, pages: make() };
    keep(current);
  }
  const { pages } = current;
  useEffect(() => () => pages.close(), [pages]);
  return pages;
};
