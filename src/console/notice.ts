/** Writes the NOTICE file from the list of attributions: `node src/console/notice.ts > NOTICE`. */
import { DATA, SOFTWARE, type Attribution } from './attributions.ts';

const renderEntry = (entry: Attribution): string => `${entry.name}
  ${entry.url}
  ${entry.notice}
  Licence: ${entry.licence.name} (${entry.licence.spdx}), ${entry.licence.url}
  Used for: ${entry.use}
  Changes: ${entry.changes}
`;

/** The text of NOTICE (Apache-2.0 §4(d)), ending in a newline. */
export const renderNotice = (): string => `Vouchsafe
Copyright 2026 the Vouchsafe contributors

This product is licensed under the Apache License 2.0 (see LICENSE).
It comes with, or answers from, the following work of others.


DATA

${DATA.map(renderEntry).join('\n')}

SOFTWARE WITHIN THE PAGES

${SOFTWARE.map(renderEntry).join('\n')}`;

if (import.meta.main) process.stdout.write(renderNotice());
