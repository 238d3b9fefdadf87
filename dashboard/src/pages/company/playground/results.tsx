/** What was found: as a list, and on the map. */
import { lazy, Suspense, type ReactElement } from 'react';
import { cx } from '../../../components/class-names.ts';
import type { Found } from './found.ts';

const NoMap = (): ReactElement => (
  <p className="grid h-72 place-items-center rounded-card border border-line text-center text-quiet sm:h-96">
    The map could not be loaded. The list says the same.
  </p>
);

const WorldMap = lazy(async () => {
  try {
    return { default: (await import('../../../map/world-map.tsx')).WorldMap };
  } catch {
    return { default: NoMap };
  }
});

interface ResultsProps {
  readonly found: readonly Found[];
  readonly chosen: number | undefined;
  readonly onChoose: (index: number) => void;
}

/** One line a result; the numbers are those on the map. */
export const ResultList = ({ found, chosen, onChoose }: ResultsProps): ReactElement => (
  <ol aria-label="Results" className="grid max-h-96 content-start gap-1 overflow-y-auto">
    {found.map(({ label, lat, lng, type, confidence }, index) => (
      // Two results may say the same, and none has an id.
      <li key={index}>
        <button
          type="button"
          aria-pressed={index === chosen}
          className={cx(
            'flex w-full gap-3 rounded-control px-3 py-2 text-left hover:bg-sunken focus-visible:-outline-offset-3',
            index === chosen && 'bg-sunken',
          )}
          onClick={() => onChoose(index)}
        >
          <span
            aria-hidden
            className={cx(
              'mt-0.5 grid size-6 flex-none place-items-center rounded-full border-2 border-act text-xs font-semibold',
              index === chosen && 'bg-act text-on-act',
            )}
          >
            {index + 1}
          </span>
          <span className="grid min-w-0">
            <span className="wrap-anywhere">{label}</span>
            <span className="text-sm text-quiet">
              {[
                type,
                `${lat.toFixed(4)}, ${lng.toFixed(4)}`,
                confidence === undefined ? undefined : `confidence ${confidence}`,
              ]
                .filter((part) => part !== undefined)
                .join(' · ')}
            </span>
          </span>
        </button>
      </li>
    ))}
  </ol>
);

/** Loaded when it is first shown. */
export const ResultMap = ({
  found,
  chosen,
  onChoose,
  onPoint,
}: ResultsProps & {
  readonly onPoint: (point: { readonly lat: number; readonly lng: number }) => void;
}): ReactElement => (
  <Suspense
    fallback={<div className="h-72 animate-pulse rounded-card border border-line bg-sunken sm:h-96" />}
  >
    <WorldMap places={found} chosen={chosen} onChoose={onChoose} onPoint={onPoint} />
  </Suspense>
);
