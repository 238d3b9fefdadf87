/** Everything that a server and its database keep, or say, in one search: tables, files, deleted files, output. */
import { familyOf, HAS_PROC, postmasterOf } from './processes.ts';
import type { Home, Launched, RunningServer } from './server.ts';
import { deletedButOpen, type Find, type Scanner } from './traces.ts';

/** Something that can hold a trace, and is no file of the server's home. */
export interface Seen {
  readonly where: string;
  readonly content: Buffer | string;
}

/**
 * What can be read only while the server runs.
 * @param tell what could not be looked at here, in a sentence for the report of the test.
 */
export const lookAt = async (
  server: RunningServer,
  tell: (text: string) => void = console.log,
): Promise<Seen[]> => {
  const postmaster = postmasterOf(server.home.dataDir);
  const pids = [...familyOf(server.pid), ...(postmaster === undefined ? [] : familyOf(postmaster))];
  const { found: open, unseen } = HAS_PROC
    ? deletedButOpen(pids)
    : { found: [], unseen: ['the open files of any process (there is no /proc here)'] };
  if (unseen.length > 0) tell(`not searched for deleted files that are still open: ${unseen.join(', ')}`);
  const tables = await server.tables();
  return [
    ...tables.map(({ name, text }) => ({ where: `table ${name}`, content: text })),
    { where: '/metrics', content: (await server.ask('/metrics')).body },
    { where: '/security.json', content: (await server.request('/security.json')).body },
    ...open.map(({ path, content }) => ({ where: `deleted but open: ${path}`, content })),
  ];
};

/** All that it has printed. */
export const outputOf = (server: Launched): Seen[] => [
  { where: 'stdout', content: server.stdout() },
  { where: 'stderr', content: server.stderr() },
];

/**
 * Searches what was seen, and every file of the home.
 * @param isShipped files that are built from packages and only read.
 */
export const searchAll = (
  scanner: Scanner,
  home: Home,
  seen: readonly Seen[],
  isShipped: (path: string) => boolean,
): Find[] => [
  ...seen.flatMap(({ where, content }) => scanner.scan(where, content)),
  ...scanner.scanFolder(home.folder, isShipped),
];
