/** A QR code, drawn as one path: no image, no markup from elsewhere. */
import type { ReactElement } from 'react';
import { encode } from 'uqr';

/** `text` as a QR code; always dark on white, as scanners want it. `label` says what scanning it does. */
export const QrCode = ({ text, label }: { readonly text: string; readonly label: string }): ReactElement => {
  const { data, size } = encode(text, { border: 2 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      className="size-48 rounded-control bg-white"
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  );
};
