/** A table that becomes a list of cards where there is no room for columns. */
import type { ReactElement, ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the right, in columns. */
  readonly numeric?: boolean;
  /** Buttons: the header is read out but not shown. */
  readonly actions?: boolean;
}

interface TableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}

/** Rows of the same kind; the first column names the row. Empty tables are an `EmptyState` instead. */
export const Table = <Row,>({ caption, columns, rows, rowKey }: TableProps<Row>): ReactElement => (
  <div className="sm:overflow-x-auto sm:rounded-card sm:border sm:border-line sm:bg-raised">
    {/* The roles are said again because `display: block` on a small screen would drop them. */}
    <table role="table" className="block w-full text-left sm:table">
      <caption className="sr-only">{caption}</caption>
      <thead role="rowgroup" className="hidden border-b border-line text-sm text-quiet sm:table-header-group">
        <tr role="row">
          {columns.map(({ header, numeric, actions }) => (
            <th
              key={header}
              role="columnheader"
              scope="col"
              className={cx('px-3 py-2.5 font-medium first:pl-4 last:pr-4', numeric === true && 'text-right')}
            >
              {actions === true ? <span className="sr-only">{header}</span> : header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="grid gap-3 sm:table-row-group">
        {rows.map((row) => (
          <tr
            key={rowKey(row)}
            role="row"
            className={cx(
              'grid gap-1.5 rounded-card border border-line bg-raised p-4',
              'sm:table-row sm:rounded-none sm:border-0 sm:not-last:border-b sm:bg-transparent',
            )}
          >
            {columns.map(({ header, cell, numeric, actions }, index) => {
              const Cell = index === 0 ? 'th' : 'td';
              return (
                <Cell
                  key={header}
                  role={index === 0 ? 'rowheader' : 'cell'}
                  {...(index === 0 ? { scope: 'row' as const } : {})}
                  className={cx(
                    'flex min-w-0 items-baseline justify-between gap-4 font-normal sm:table-cell sm:px-3 sm:py-3 sm:first:pl-4 sm:last:pr-4 sm:align-middle',
                    numeric === true && 'tabular-nums sm:text-right',
                    index === 0 && 'font-medium',
                    actions === true &&
                      'pt-2 max-sm:has-[>div:empty]:hidden sm:w-px sm:pt-3 sm:whitespace-nowrap',
                  )}
                >
                  {index > 0 && actions !== true && (
                    <span aria-hidden className="text-sm font-normal text-quiet sm:hidden">
                      {header}
                    </span>
                  )}
                  {actions === true ? (
                    <div className="flex flex-wrap gap-2 sm:flex-nowrap sm:justify-end">{cell(row)}</div>
                  ) : (
                    <div className={numeric === true ? 'sm:whitespace-nowrap' : 'min-w-0 wrap-anywhere'}>
                      {cell(row)}
                    </div>
                  )}
                </Cell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
