/** A dataset as a file. */
import { DownloadIcon } from '@radix-ui/react-icons';
import type { ReactElement } from 'react';
import { Menu } from '../../../../components/menu.tsx';
import { companyPath } from '../names.ts';

const FORMATS = [
  ['csv', '&safe=0', 'CSV', 'Every cell exactly as it is'],
  ['csv', '', 'CSV for spreadsheets', 'Formulas in cells do not run'],
  ['tsv', '&safe=0', 'TSV', undefined],
  ['ndjson', '', 'JSON lines', undefined],
  ['parquet', '', 'Parquet', undefined],
  ['xlsx', '', 'Excel (XLSX)', undefined],
] as const;

interface DownloadMenuProps {
  readonly company: string;
  /** Id. */
  readonly dataset: string;
  readonly version?: number | undefined;
}

/** Links that the browser follows by itself: nothing of the file goes through the page's memory. */
export const DownloadMenu = ({ company, dataset, version }: DownloadMenuProps): ReactElement => (
  <Menu
    label="Download"
    align="end"
    trigger={
      <>
        <DownloadIcon aria-hidden /> Download
      </>
    }
  >
    {FORMATS.map(([format, more, name, remark]) => {
      const at = version === undefined ? '' : `&version=${version}`;
      return (
        <a
          key={name}
          download
          className="block rounded-control px-3 py-2 hover:bg-sunken focus-visible:-outline-offset-2"
          href={`${companyPath(company, 'datasets', dataset, 'download')}?format=${format}${more}${at}`}
        >
          {name}
          {remark !== undefined && <span className="block text-sm text-quiet">{remark}</span>}
        </a>
      );
    })}
  </Menu>
);
