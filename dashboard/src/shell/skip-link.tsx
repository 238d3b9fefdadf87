/** For keyboards: past the navigation, to what the page is about. */
import type { ReactElement } from 'react';

/** Unseen until it has the focus. */
export const SkipLink = (): ReactElement => (
  <a
    href="#main"
    onClick={(event) => {
      event.preventDefault();
      document.querySelector<HTMLElement>('#main')?.focus();
    }}
    className="absolute -left-full z-50 rounded-control bg-raised px-4 py-2 focus:top-2 focus:left-2"
  >
    Skip to the content
  </a>
);
