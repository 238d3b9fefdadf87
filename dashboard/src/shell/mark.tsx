/** The mark and name, as on the public pages. */
import type { ReactElement } from 'react';

/** The mark alone; decorative. */
export const Mark = (): ReactElement => (
  <svg aria-hidden viewBox="0 0 32 32" className="size-7 flex-none">
    <circle cx="16" cy="16" r="15" fill="#0b5d4b" />
    <circle
      cx="16"
      cy="16"
      r="12.2"
      fill="none"
      stroke="#fff"
      strokeOpacity=".55"
      strokeDasharray="1.6 2.2"
    />
    <path
      d="M9 11.5l6 10.5L23.5 9"
      fill="none"
      stroke="#fff"
      strokeWidth="3.2"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);
