import { createPlaceReader, buildIndex, type Report } from './index-builder.ts';
import { createKeyTable } from './key-table.ts';
import { packagePostcodes } from './postcodes/package.ts';
import { createPostcodeList } from './postcodes/rows.ts';
import { attachPostcodes } from './postcodes/postcodes.ts';
import { eachPlace, installedSources, readAdminNames } from './sources.ts';

export type { Report } from './index-builder.ts';

/** Places between two lines of progress. */
const STEP = 20_000;
/** About so many places there are; only progress depends on it. */
const EXPECTED = 200_000;

/**
 * Builds the whole index from the installed data packages.
 * @returns the pieces that are its file, one after the other.
 */
export const buildGazetteer = ({ report }: { report: Report }): Uint8Array[] => {
  report('reading places', 0);
  const reader = createPlaceReader({ states: readAdminNames(1), counties: readAdminNames(2) }, {});
  let read = 0;
  for (const place of eachPlace()) {
    reader.add(place);
    if (++read % STEP === 0) report('reading places', Math.min(0.3, (0.3 * read) / EXPECTED));
  }
  report('placing postcodes', 0.3);
  const postcodes = createPostcodeList();
  for (const row of packagePostcodes()) postcodes.add(row);
  const keys = createKeyTable();
  attachPostcodes(reader.draft, postcodes, keys.add);
  return buildIndex({
    draft: reader.draft,
    runs: [...reader.close(), ...keys.close()],
    further: {},
    sources: installedSources(),
    report,
  });
};
