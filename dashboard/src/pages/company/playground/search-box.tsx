/** The question: a text box that suggests places while somebody types (WAI-ARIA 1.2, combobox with a list). */
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { cx } from '../../../components/class-names.ts';
import { CONTROL } from '../../../components/field.tsx';
import type { Suggestion } from './found.ts';
import { hasSuggestions, LONGEST_QUERY } from './question.ts';

/** Milliseconds without a key before suggestions are asked for. */
const REST_MS = 300;

interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** A suggestion was chosen: it is to be asked. */
  readonly onChoose: (text: string) => void;
  /** Asks for suggestions; rejects where there are none to be had, which is nothing to complain about here. */
  readonly suggest: (text: string, signal: AbortSignal) => Promise<readonly Suggestion[]>;
}

const NOTHING: readonly Suggestion[] = [];

/** Text box and list. Enter without a choice is for the form around it. */
export const SearchBox = ({ value, onChange, onChoose, suggest }: SearchBoxProps): ReactElement => {
  const id = useId();
  const [offer, setOffer] = useState(NOTHING);
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  /** What was typed last; what is set from outside is nothing to be completed. */
  const [typed, setTyped] = useState('');
  const ask = useRef(suggest);
  useEffect(() => {
    ask.current = suggest;
  });

  useEffect(() => {
    if (typed === '' || typed !== value || !hasSuggestions(typed)) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask.current(typed, stop.signal).then(
        (items) => {
          if (stop.signal.aborted) return;
          setOffer(items);
          setActive(-1);
        },
        () => undefined,
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [typed, value]);

  // A list for an earlier text stays until the next one is there, so that it does not flicker.
  const items = typed === value && hasSuggestions(value) ? offer : NOTHING;
  const isShown = isOpen && items.length > 0;
  const close = (): void => {
    setOpen(false);
    setActive(-1);
  };
  const choose = (item: Suggestion): void => {
    close();
    setTyped('');
    setOffer(NOTHING);
    onChoose(item.formatted);
  };
  const step = (by: number): void => {
    setOpen(true);
    const places = items.length + 1;
    // One place is no suggestion but the text itself.
    setActive((at) => ((at + 1 + by + places) % places) - 1);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const chosen = isShown ? items[active] : undefined;
    if (event.key === 'ArrowDown') step(1);
    else if (event.key === 'ArrowUp') step(-1);
    else if (event.key === 'Enter' && chosen !== undefined) choose(chosen);
    else if (event.key === 'Escape' && isShown) close();
    else {
      if (event.key === 'Enter' || event.key === 'Tab') {
        close();
        // What has been asked for need not be completed any more.
        setTyped('');
      }
      return;
    }
    event.preventDefault();
  };

  return (
    <div className="relative min-w-0 flex-1 basis-56">
      <label htmlFor={`${id}-box`} className="mb-1.5 block font-medium">
        Place or coordinate
      </label>
      <input
        id={`${id}-box`}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-activedescendant={isShown && active >= 0 ? `${id}-${active}` : undefined}
        className={CONTROL}
        value={value}
        maxLength={LONGEST_QUERY}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="search"
        placeholder="Paris, Texas"
        onChange={(event) => {
          onChange(event.target.value);
          setTyped(event.target.value);
          if (!hasSuggestions(event.target.value)) setOffer(NOTHING);
          setOpen(true);
          setActive(-1);
        }}
        onKeyDown={onKey}
        onBlur={close}
      />
      <ul
        id={`${id}-list`}
        role="listbox"
        aria-label="Suggestions"
        className={cx(
          'absolute inset-x-0 top-full z-30 mt-1 max-h-80 overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-lg',
          !isShown && 'hidden',
        )}
      >
        {items.map(({ formatted, type }, index) => (
          <li
            key={formatted}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={cx(
              'flex cursor-pointer items-baseline justify-between gap-3 rounded-control px-3 py-2',
              index === active ? 'bg-sunken' : 'hover:bg-sunken',
            )}
            // Before the box loses the focus, which would close the list under the pointer.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => {
              const item = items[index];
              if (item !== undefined) choose(item);
            }}
          >
            <span className="min-w-0 wrap-anywhere">{formatted}</span>
            {type !== undefined && <span className="flex-none text-sm text-quiet">{type}</span>}
          </li>
        ))}
      </ul>
      <p role="status" className="sr-only">
        {isShown &&
          (items.length === 1
            ? 'One suggestion. Use the arrow keys.'
            : `${items.length} suggestions. Use the arrow keys.`)}
      </p>
    </div>
  );
};
