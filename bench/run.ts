/** `npm run bench`: measures everything in one go and writes down what it found. See `--help`. */
import { writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { openGazetteer } from '../src/services/geocoding/gazetteer.ts';
import { loadTestGazetteer, testGazetteerPath } from '../test/support/gazetteer.ts';
import { measureAccess } from './access.ts';
import { measureAddresses } from './addresses.ts';
import { measureFailures } from './failures.ts';
import { measureGate } from './gate.ts';
import { measureGazetteer } from './gazetteer.ts';
import { openGround } from './ground.ts';
import { measureGrowth } from './growth.ts';
import { measureHttp } from './http.ts';
import { measureKeys } from './keys.ts';
import { measureKinds } from './kinds.ts';
import { describeMachine, PROJECT } from './machine.ts';
import { measureMemory } from './memory.ts';
import { measureNodes } from './nodes.ts';
import { measureOverload } from './overload.ts';
import { measurePlaces } from './places.ts';
import { drawQuestions } from './queries.ts';
import { resultsMarkdown, sectionText, type Section } from './report.ts';
import { measureRows } from './rows.ts';
import { measureSignIns } from './signins.ts';
import { measureStart } from './start.ts';
import { measureStreets } from './streets.ts';
import { measureTyped } from './typed.ts';
import { measureVisitor } from './visitor.ts';
import { measureWorkers } from './workers.ts';

const HELP = `Measures Vouchsafe beside its peers, on this machine, in about half an hour.

Usage: npm run bench -- [--only PART] [--quick]

  --only http     requests per second and CPU a request against a bare node:http server
  --only gate     what the gate adds to a handler, beside better-auth, express-gateway and nginx
  --only places   lookups in one process against npm packages and PostgreSQL
  --only addresses what is known of Internet addresses, beside maxmind, mmdb-lib, geoip-lite and fast-geoip
  --only streets  houses and streets in the extract of Liechtenstein and in a made-up one of a million houses
  --only workers  the whole server with one worker thread and with two
  --only overload two and three times as much as one thread can do, with and without shedding
  --only failures key-checked requests beside floods of wrong keys
  --only growth   the index from 200,000 to 2,000,000 places
  --only keys     key checks with 10, 10,000 and 1,000,000 keys
  --only access   who may do what with 50,000 datasets, by the function and by SQL under row-level security
  --only rows     rows of datasets over HTTP beside node:http and pg by hand, and pages of ten million rows
  --only downloads  a million rows out of the whole server in each format, an export of the company, and an old version brought back
  --only uploads  a CSV file of a gigabyte by tus into a dataset, beside COPY of the same bytes by hand
  --only start    a second start of the whole server, and its memory with one worker and more
  --only signins  key-checked requests while eight people sign in at once
  --only visitor  the visitor service against a bare node:http server, and user agents by themselves
  --only nodes    one limit on three nodes, over PostgreSQL and over Valkey where it is installed
  --address-sources DIR  the packages of @ip-location-db, as npm has them, for maxmind and mmdb-lib; they are left out without it
  --quick         fewer and shorter rounds, in about four minutes; to try the bench, not to quote it
  --profile DIR   with --only http or visitor: writes a CPU profile of our server into DIR (slower; figures mean little)

A whole run writes bench/RESULTS.md after each part, a part alone bench/results/PART.md; a quick run only prints. It measures and does not judge: the exit code is
0 when a target is missed, and another only when something could not be measured.`;

const PARTS = [
  'http',
  'visitor',
  'gate',
  'places',
  'addresses',
  'streets',
  'keys',
  'access',
  'rows',
  'uploads',
  'downloads',
  'start',
  'signins',
  'workers',
  'failures',
  'overload',
  'nodes',
  'growth',
] as const;
type Part = (typeof PARTS)[number];

const say = (line: string): void => console.log(line);
const isPart = (word: string): word is Part => (PARTS as readonly string[]).includes(word);

/** Questions of each kind for the load generator: more than results that our server could remember. */
const QUESTIONS = 60_000;

const measure = async (
  parts: readonly Part[],
  quick: boolean,
  profile: string | undefined,
  addressSources: string | undefined,
  onFound: (sections: readonly Section[]) => void,
): Promise<void> => {
  const sections: Section[] = [];
  const ground = await openGround();
  const keep = (...found: readonly Section[]): void => {
    sections.push(...found);
    for (const section of found) say(sectionText(section));
    onFound(sections);
  };
  try {
    const built = testGazetteerPath();
    const gazetteerPath = join(ground.folder, 'gazetteer.idx');
    const gazetteer = openGazetteer(await loadTestGazetteer());
    // A copy of our own: another process may clear the shared one away.
    await copyFile(built, gazetteerPath);
    const questions = drawQuestions(QUESTIONS);
    const shared = { ground, gazetteer, gazetteerPath, questions, quick, say };
    const serverFlags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    // First, before this process has grown by what the others need.
    if (parts.includes('http')) keep(await measureHttp({ ...shared, serverFlags }));
    if (parts.includes('visitor')) keep(await measureVisitor({ ...shared, serverFlags }));
    if (parts.includes('gate')) keep(await measureGate(shared));
    if (parts.includes('start')) keep(await measureStart(shared), await measureMemory(shared));
    if (parts.includes('signins')) keep(await measureSignIns(shared));
    if (parts.includes('nodes')) keep(await measureNodes(shared));
    if (parts.includes('workers')) keep(await measureWorkers(shared));
    if (parts.includes('failures')) keep(await measureFailures(shared));
    if (parts.includes('overload')) keep(await measureOverload(shared));
    if (parts.includes('keys')) keep(await measureKeys(shared));
    if (parts.includes('access')) keep(await measureAccess({ ground, quick, say }));
    if (parts.includes('rows')) keep(await measureRows(shared));
    if (parts.includes('growth')) keep(await measureGrowth({ quick, say }));
    if (parts.includes('addresses'))
      keep(await measureAddresses({ folder: ground.folder, sources: addressSources, quick, say }));
    if (parts.includes('streets'))
      keep(await measureStreets({ gazetteer, folder: ground.folder, quick, say }));
    if (parts.includes('places')) {
      keep(measureKinds(gazetteer, quick), await measurePlaces(shared), measureTyped(gazetteer, quick));
      keep(...(await measureGazetteer(shared)));
    }
    if (parts.includes('downloads')) {
      const { measureDownloads } = await import('./downloads.ts');
      keep(await measureDownloads({ gazetteerPath, quick, say }));
    }
    if (parts.includes('uploads')) {
      // Loaded only here, for it brings the test runner along.
      const { measureUploads } = await import('./uploads.ts');
      keep(await measureUploads({ gazetteerPath, quick, say }));
    }
  } finally {
    await ground.close();
  }
};

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    'address-sources': { type: 'string' },
  },
});

if (values.help) {
  say(HELP);
} else if (values.only !== undefined && !isPart(values.only)) {
  console.error(`--only must be one of ${PARTS.join(', ')}, for example --only http`);
  process.exitCode = 2;
} else {
  // Children and PostgreSQL end in exit handlers.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const { only, quick, profile, 'address-sources': addressSources } = values;
  const machine = describeMachine();
  for (const [name, value] of machine) say(`${name.padEnd(8)} ${value}`);
  const isQuotable = !quick && profile === undefined;
  // After each part, so that a run that is ended early leaves what it found.
  const path = join(PROJECT, 'bench', only === undefined ? 'RESULTS.md' : `results/${only}.md`);
  const write = (sections: readonly Section[]): void =>
    writeFileSync(path, resultsMarkdown(machine, sections, only));
  await measure(
    only === undefined ? PARTS : [only],
    quick,
    profile,
    addressSources,
    isQuotable ? write : () => undefined,
  );
  if (isQuotable) say(`\nWritten to ${relative(PROJECT, path)}`);
}
