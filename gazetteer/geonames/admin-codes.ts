/** Names of states and counties from `admin1CodesASCII.txt` and `admin2Codes.txt`. */
import type { AdminNames } from '../entities.ts';
import { isDamagedText } from '../sources.ts';
import type { DumpRow, RowFault } from './dump-rows.ts';

/** Columns of both: code, name, name in ASCII, geonameid. */
export const ADMIN_COLUMNS = 4;

/** Names that are filled row by row, over those that are there already. */
export interface AdminNameReader {
  visit(row: DumpRow): RowFault;
  names(): AdminNames;
}

/** @param known names that hold where the files have none. */
export const createAdminNameReader = (known: AdminNames): AdminNameReader => {
  const states = new Map(known.states);
  const counties = new Map(known.counties);
  return {
    visit(row) {
      const code = row.text(0);
      const name = row.text(1);
      if (row.length(1) > 800 || name === '' || isDamagedText(name)) return 'the name is no text';
      if (!/^[A-Z]{2}\.[^.\t]{1,20}(?:\.[^\t]{1,80})?$/u.test(code))
        return 'the code is not like US.TX or US.TX.453';
      (code.split('.').length === 2 ? states : counties).set(code, name);
      return undefined;
    },
    names: () => ({ states, counties }),
  };
};
