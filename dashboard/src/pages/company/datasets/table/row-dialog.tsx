/** One row, whole: every cell in full, to be changed where this person may. */
import { useState, type ReactElement } from 'react';
import { Button } from '../../../../components/button.tsx';
import { Actions, Dialog } from '../../../../components/dialog.tsx';
import { ErrorPanel } from '../../../../components/error-panel.tsx';
import { CONTROL } from '../../../../components/field.tsx';
import { Form } from '../../../../components/form.tsx';
import { useAction } from '../../../../components/use-action.ts';
import { CellText } from './cell.tsx';
import { showWhole } from './cell-text.ts';
import type { Column } from './question.ts';
import type { Row } from './row-pages.ts';
import type { Cells } from './wire.ts';

/** UTF-16 units of a cell that can still be changed by hand. */
const LONGEST_EDITED = 100_000;

const WholeCell = ({ value }: { readonly value: string | null }): ReactElement =>
  value === null || value === '' ? (
    <CellText value={value} />
  ) : (
    <bdi dir="auto" className="block max-h-64 overflow-auto whitespace-pre-wrap wrap-anywhere">
      {showWhole(value)}
    </bdi>
  );

const Facts = ({
  columns,
  row,
}: {
  readonly columns: readonly Column[];
  readonly row: Row;
}): ReactElement => (
  <dl className="divide-y divide-line">
    {columns.map(({ name }, index) => (
      <div key={name} className="grid gap-0.5 py-2">
        <dt className="text-sm text-quiet">
          <bdi>{name}</bdi>
        </dt>
        <dd>
          <WholeCell value={row.cells[index] ?? null} />
        </dd>
      </div>
    ))}
  </dl>
);

interface CellFieldProps {
  readonly column: Column;
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly hasFocus: boolean;
}

const CellField = ({ column, value, onChange, hasFocus }: CellFieldProps): ReactElement => (
  <div className="grid gap-1.5">
    <div className="flex items-baseline justify-between gap-3">
      <label className="min-w-0 truncate font-medium" htmlFor={`cell ${column.name}`}>
        <bdi>{column.name}</bdi> <span className="text-sm font-normal text-quiet">{column.type}</span>
      </label>
      <label className="flex flex-none items-center gap-2 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-act"
          checked={value === null}
          aria-label={`${column.name} is null`}
          onChange={(event) => onChange(event.target.checked ? null : '')}
        />
        null
      </label>
    </div>
    <textarea
      id={`cell ${column.name}`}
      dir="auto"
      rows={value !== null && (value.length > 60 || value.includes('\n')) ? 4 : 1}
      spellCheck={false}
      autoComplete="off"
      // The cell that was opened; the dialog itself would take the first.
      ref={(element) => {
        if (hasFocus && element !== null && element.dataset['seen'] === undefined) {
          element.dataset['seen'] = '';
          setTimeout(() => element.focus());
        }
      }}
      className={`${CONTROL} field-sizing-content max-h-64 py-2 font-mono text-sm`}
      value={value ?? ''}
      placeholder={value === null ? 'null' : 'empty text'}
      onChange={(event) => onChange(event.target.value)}
    />
  </div>
);

interface RowDialogProps {
  /** Undefined while none is open. */
  readonly opened: Opened | undefined;
  readonly onClose: () => void;
  /** Those that are shown in the table. */
  readonly columns: readonly Column[];
  /** Of the dataset. */
  readonly columnCount: number;
  readonly canEdit: boolean;
  /** Both reject where the server refuses. */
  readonly onSave: (row: Row | undefined, cells: Cells) => Promise<void>;
  readonly onDelete: (row: Row) => Promise<void>;
}

/** A row, or a new one where there is none. */
export interface Opened {
  readonly row: Row | undefined;
  readonly position: number;
  readonly column: string;
}

type EditProps = Omit<RowDialogProps, 'opened'> & { readonly opened: Opened };

const EditForm = ({ opened, columns, onSave, onDelete, onClose }: EditProps): ReactElement => {
  const { row, column } = opened;
  const [cells, setCells] = useState<Cells>({});
  const isNew = row === undefined;
  const save = useAction(async () => {
    await onSave(row, cells);
    onClose();
  });
  const remove = useAction(async () => {
    if (row !== undefined) await onDelete(row);
    onClose();
  });
  const valueOf = (name: string, index: number): string | null =>
    Object.hasOwn(cells, name) ? (cells[name] ?? null) : (row?.cells[index] ?? null);
  const isLong = (index: number): boolean => (row?.cells[index]?.length ?? 0) > LONGEST_EDITED;
  return (
    <Form action={save} label={isNew ? 'New row' : 'Row'}>
      {columns.map((one, index) =>
        isLong(index) ? (
          <div key={one.name} className="grid gap-1">
            <span className="font-medium">{one.name}</span>
            <WholeCell value={(row?.cells[index] ?? '').slice(0, LONGEST_EDITED)} />
            <span className="text-sm text-quiet">Too long to be changed here.</span>
          </div>
        ) : (
          <CellField
            key={one.name}
            column={one}
            value={valueOf(one.name, index)}
            hasFocus={one.name === column}
            onChange={(value) => setCells((before) => ({ ...before, [one.name]: value }))}
          />
        ),
      )}
      {remove.problem !== undefined && <ErrorPanel problem={remove.problem} />}
      <Actions>
        {!isNew && (
          <Button look="danger" pending={remove.pending} onClick={() => void remove.run()}>
            Delete row
          </Button>
        )}
        <Button
          type="submit"
          look="primary"
          pending={save.pending}
          disabled={!isNew && Object.keys(cells).length === 0}
        >
          {isNew ? 'Add row' : 'Save'}
        </Button>
      </Actions>
    </Form>
  );
};

/** The dialog. A change makes a new version of the dataset; the one before can be restored. */
export const RowDialog = (props: RowDialogProps): ReactElement => {
  const { opened, onClose, columns, columnCount, canEdit } = props;
  const sentences = [
    ...(columns.length < columnCount
      ? [`The ${columns.length} columns that the table shows, of ${columnCount}.`]
      : []),
    ...(canEdit ? ['Saving makes a new version. Every version before can be restored.'] : []),
  ];
  return (
    <Dialog
      open={opened !== undefined}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title={opened?.row === undefined ? 'New row' : `Row ${(opened.position + 1).toLocaleString('en-GB')}`}
      {...(sentences.length > 0 ? { description: sentences.join(' ') } : {})}
    >
      {opened !== undefined &&
        (canEdit ? (
          <EditForm {...props} key={`${opened.row?.id ?? 'new'} ${opened.column}`} opened={opened} />
        ) : (
          opened.row !== undefined && <Facts columns={columns} row={opened.row} />
        ))}
    </Dialog>
  );
};
