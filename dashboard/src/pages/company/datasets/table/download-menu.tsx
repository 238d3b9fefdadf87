/** A dataset as a file. */
import { DownloadIcon } from '@radix-ui/react-icons';
import type { ReactElement } from 'react';
import { Menu } from '../../../../components/menu.tsx';
import { companyPath } from '../calls.ts';

const FORMATS = [
  ['csv', 'CSV'],
  ['tsv', 'TSV'],
  ['ndjson', 'JSON lines'],
  ['parquet', 'Parquet'],
  ['xlsx', 'Excel (XLSX)'],
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
    {FORMATS.map(([format, name]) => {
      const at = version === undefined ? '' : `&version=${version}`;
      return (
        <a
          key={format}
          download
          className="block rounded-control px-3 py-2 hover:bg-sunken focus-visible:-outline-offset-2"
          href={`${companyPath(company, 'datasets', dataset, 'download')}?format=${format}${at}`}
        >
          {name}
        </a>
      );
    })}
    <a
      download
      className="block rounded-control px-3 py-2 hover:bg-sunken focus-visible:-outline-offset-2"
      href={`${companyPath(company, 'datasets', dataset, 'download')}?format=csv&safe=1${version === undefined ? '' : `&version=${version}`}`}
    >
      CSV for spreadsheets
      <span className="block text-sm text-quiet">Formulas in cells do not run</span>
    </a>
  </Menu>
);
