/** JSON that can be folded. What is folded is not even made, so that a long answer costs little. */
import { useState, type ReactElement, type ReactNode } from 'react';

/** Levels that stand open at first: the answer, its results, and each of them. */
const OPEN_LEVELS = 3;
/** Members that are long and seldom looked for. */
const FOLDED: ReadonlySet<string> = new Set(['annotations', 'licenses', 'timestamp']);
/** Results that stand open at first; of more, each is a line. */
const MOST_OPEN = 5;
/** Members that are shown before the rest is asked for. */
const MOST_SHOWN = 200;

const isFoldable = (value: unknown): value is object => typeof value === 'object' && value !== null;

const membersOf = (value: object): readonly (readonly [string, unknown])[] => Object.entries(value);

const sizeOf = (value: object): string => {
  const { length } = membersOf(value);
  if (Array.isArray(value)) return length === 1 ? '[ 1 item ]' : `[ ${length} items ]`;
  return length === 1 ? '{ 1 member }' : `{ ${length} members }`;
};

const Leaf = ({ value }: { readonly value: unknown }): ReactElement => (
  <span className={typeof value === 'string' ? 'text-link' : 'text-warn'}>{JSON.stringify(value)}</span>
);

const Line = ({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement => (
  <>
    <span className="text-quiet">{name}: </span>
    {children}
  </>
);

interface NodeProps {
  readonly name: string;
  readonly value: unknown;
  readonly level: number;
  readonly isOpen: boolean;
}

const Branch = ({ value, level }: Pick<NodeProps, 'level'> & { readonly value: object }): ReactElement => {
  const [most, setMost] = useState(MOST_SHOWN);
  const members = membersOf(value);
  const isList = Array.isArray(value);
  return (
    <ul className="ml-1 border-l border-line pl-3">
      {members.slice(0, most).map(([name, child]) => (
        <li key={name}>
          <Node
            name={name}
            value={child}
            level={level + 1}
            isOpen={level + 1 < OPEN_LEVELS && !FOLDED.has(name) && !(isList && Number(name) >= MOST_OPEN)}
          />
        </li>
      ))}
      {members.length > most && (
        <li>
          <button type="button" className="link" onClick={() => setMost(most + MOST_SHOWN)}>
            Show more
          </button>
        </li>
      )}
    </ul>
  );
};

const Node = ({ name, value, level, isOpen }: NodeProps): ReactElement => {
  const [open, setOpen] = useState(isOpen);
  if (!isFoldable(value)) {
    return (
      <Line name={name}>
        <Leaf value={value} />
      </Line>
    );
  }
  if (membersOf(value).length === 0) return <Line name={name}>{Array.isArray(value) ? '[ ]' : '{ }'}</Line>;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer">
        <Line name={name}>
          <span className="text-quiet">{sizeOf(value)}</span>
        </Line>
      </summary>
      {open && <Branch value={value} level={level} />}
    </details>
  );
};

/** An answer, its members as lines. */
export const JsonTree = ({ value }: { readonly value: unknown }): ReactElement => (
  <div className="max-h-128 overflow-auto rounded-card border border-line bg-sunken p-3 font-mono text-sm leading-6 wrap-anywhere">
    {isFoldable(value) ? <Branch value={value} level={0} /> : <Leaf value={value} />}
  </div>
);
