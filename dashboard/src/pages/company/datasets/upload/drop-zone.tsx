/** Where a file is dropped or chosen. */
import { UploadIcon } from '@radix-ui/react-icons';
import { useId, useState, type ReactElement } from 'react';
import { cx } from '../../../../components/class-names.ts';

const ACCEPTED = '.csv,.tsv,.txt,.json,.ndjson,.jsonl,.parquet,.xlsx,.gz';

interface DropZoneProps {
  readonly title: string;
  readonly hint: string;
  readonly onFile: (file: File) => void;
}

/** A field for one file; the whole surface takes what is dropped. */
export const DropZone = ({ title, hint, onFile }: DropZoneProps): ReactElement => {
  const id = useId();
  const [isOver, setOver] = useState(false);
  return (
    <div
      className={cx(
        'grid justify-items-center gap-3 rounded-card border-2 border-dashed px-5 py-10 text-center',
        isOver ? 'border-link bg-sunken' : 'border-edge',
      )}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file !== undefined) onFile(file);
      }}
    >
      <UploadIcon aria-hidden className="size-8 text-quiet" />
      <label htmlFor={id} className="font-serif text-lg font-semibold">
        {title}
      </label>
      <p id={`${id}-hint`} className="max-w-lg text-quiet">
        {hint}
      </p>
      <input
        id={id}
        type="file"
        accept={ACCEPTED}
        aria-describedby={`${id}-hint`}
        className="w-full max-w-sm min-w-0 file:mr-3 file:min-h-10 file:cursor-pointer file:rounded-control file:border file:border-edge file:bg-raised file:px-4 file:font-medium"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) onFile(file);
          event.target.value = '';
        }}
      />
    </div>
  );
};
