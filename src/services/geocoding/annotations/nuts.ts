/**
 * NUTS 3 codes of countries and states that are one region at that level; their first three and four characters are
 * levels 1 and 2. Regulation (EC) 1059/2003 as amended by Delegated Regulation (EU) 2023/674 (NUTS 2024), and Eurostat's
 * statistical regions of EFTA and candidate countries.
 */
const CODES =
  'CY:CY000 LI:LI000 LU:LU000 ME:ME000 AT-9:AT130 BE-BRU:BE100 DE-BE:DE300 DE-HH:DE600 ' +
  'CH-VD:CH011 CH-VS:CH012 CH-GE:CH013 CH-BE:CH021 CH-FR:CH022 CH-SO:CH023 CH-NE:CH024 CH-JU:CH025 CH-BS:CH031 ' +
  'CH-BL:CH032 CH-AG:CH033 CH-ZH:CH040 CH-GL:CH051 CH-SH:CH052 CH-AR:CH053 CH-AI:CH054 CH-SG:CH055 CH-GR:CH056 ' +
  'CH-TG:CH057 CH-LU:CH061 CH-SZ:CH062 CH-OW:CH063 CH-NW:CH064 CH-UR:CH065 CH-ZG:CH066 CH-TI:CH070';

/** NUTS 3 code by ISO 3166-1 or 3166-2 code. */
export const NUTS: ReadonlyMap<string, string> = new Map(
  CODES.split(' ').map((pair): [string, string] => {
    const [iso = '', nuts = ''] = pair.split(':');
    return [iso, nuts];
  }),
);

/** The contract's `NUTS` member for a level 3 code, with a comma after it. */
export const nutsMember = (code: string): string => {
  const levels = [2, 3, 4, 5].map((length, level) => `"NUTS${level}":{"code":"${code.slice(0, length)}"}`);
  return `"NUTS":{${levels.join(',')}},`;
};
