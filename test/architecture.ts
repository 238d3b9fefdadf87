/** The import table: who may know whom. `architecture.test.ts` holds the code against it, ARCHITECTURE.md shows it. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  foundation: [],
  http: ['foundation'],
  policy: ['foundation'],
  store: ['foundation'],
  gate: ['foundation', 'http', 'store'],
  limits: ['foundation', 'store'],
  metering: ['foundation', 'store'],
  installation: ['foundation', 'store'],
  passwords: ['foundation'],
  mail: ['foundation', 'store'],
  jobs: ['foundation', 'store'],
  audit: ['foundation', 'http', 'policy', 'store'],
  accounts: ['foundation', 'http', 'policy', 'store', 'audit'],
  webhooks: ['foundation', 'http', 'policy', 'store', 'audit', 'mail'],
  keys: ['foundation', 'http', 'policy', 'store', 'gate', 'audit', 'mail', 'accounts', 'webhooks'],
  domains: ['foundation', 'http', 'store', 'audit', 'accounts'],
  'request-log': ['foundation', 'http', 'policy', 'store', 'audit', 'accounts'],
  playground: ['foundation', 'http', 'store', 'gate', 'accounts'],
  usage: ['foundation', 'http', 'store', 'metering', 'mail', 'jobs', 'audit', 'accounts', 'keys'],
  users: ['foundation', 'http', 'store', 'gate', 'limits', 'mail', 'passwords'],
  factors: ['foundation', 'http', 'store', 'mail', 'users'],
  sessions: [
    'foundation',
    'http',
    'policy',
    'store',
    'gate',
    'limits',
    'mail',
    'passwords',
    'accounts',
    'factors',
  ],
  members: ['foundation', 'http', 'policy', 'store', 'limits', 'mail', 'audit', 'passwords', 'sessions'],
  leaving: ['foundation', 'http', 'policy', 'store', 'gate', 'mail', 'audit', 'jobs'],
  promises: [
    'foundation',
    'http',
    'store',
    'gate',
    'metering',
    'mail',
    'passwords',
    'accounts',
    'keys',
    'webhooks',
    'leaving',
    'request-log',
  ],
  services: ['foundation', 'http', 'policy', 'store', 'audit'],
  datasets: ['foundation', 'http', 'policy', 'store', 'audit', 'accounts', 'mail', 'jobs', 'services'],
  imports: ['foundation', 'store', 'metering', 'services'],
  console: ['foundation', 'http', 'promises'],
  admin: ['foundation', 'http', 'metering', 'mail', 'promises', 'console'],
};

/** Files that stand in `src/` itself and `src/commands/`: the ends of the program, which may know every room. */
export const ENDS: readonly string[] = ['commands', ''];

/** What may be imported, or named, in one place only. */
export const SOLE_USERS: readonly { readonly what: RegExp; readonly where: RegExp; readonly why: string }[] =
  [
    { what: /from 'pg'/, where: /^src\/store\//, why: 'pg is the store’s' },
    {
      what: /process\.env/,
      where: /^src\/config\.ts$|^src\/store\/embedded\//,
      why: 'the environment is read once',
    },
    {
      what: /\bDate\.now\(|performance\.now\(/,
      where: /^src\/foundation\/clock\.ts$/,
      why: 'time comes from a Clock',
    },
    {
      what: /\brandomBytes\(|\brandomUUID\(|Math\.random\(|getRandomValues\(/,
      where: /^src\/foundation\//,
      why: 'randomness comes from the foundation',
    },
    {
      what: /\brenderedStatement\(/,
      where: /^src\/(?:store\/rendered\.ts$|services\/datasets\/|datasets\/)/,
      why: 'SQL is put together for rows of datasets alone',
    },
    { what: /\bconsole\./, where: /^$/, why: 'the log is the only voice' },
  ];

export interface SourceFile {
  /** Path from the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g;

const roomOf = (path: string): string => {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
};

/** What a relative import from `from` leads to, as a path from the root. */
const resolveFrom = (from: string, specifier: string): string => {
  const parts = from.split('/').slice(0, -1);
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '.') parts.push(step);
  }
  return parts.join('/');
};

const faultOfImport = (path: string, specifier: string): string | undefined => {
  if (!specifier.startsWith('.')) return undefined;
  const target = resolveFrom(path, specifier);
  const room = roomOf(path);
  if (target.startsWith('gazetteer/') && (room === 'imports' || ENDS.includes(room))) return undefined;
  if (!target.startsWith('src/')) return `${path} reaches out of src/ to ${target}`;
  const other = roomOf(target);
  if (ENDS.includes(room)) return undefined;
  if (ENDS.includes(other)) return `${path} imports ${target}, an end of the program`;
  if (room === 'services' && other === 'services') {
    const [mine, theirs] = [path.split('/')[2], target.split('/')[2]];
    // What stands beside the services belongs to all of them.
    return mine === theirs || theirs?.endsWith('.ts') === true
      ? undefined
      : `${path} imports another service, ${target}`;
  }
  if (room === other) return undefined;
  const allowed = ROOMS[room];
  if (allowed === undefined) return `${path} stands in a room that is not in the table`;
  return allowed.includes(other) ? undefined : `${path} (${room}) may not import ${target} (${other})`;
};

const faultOfRole = (path: string, specifier: string): string | undefined => {
  const role = path.split('/').at(-1);
  const target = specifier.split('/').at(-1);
  const insideFeature = specifier.startsWith('./');
  if (role === 'store.ts' && insideFeature && (target === 'service.ts' || target === 'routes.ts')) {
    return `${path}: a store knows no ${target}`;
  }
  if (role === 'rules.ts' && insideFeature && target !== 'schemas.ts') return `${path}: rules are pure`;
  if (role === 'service.ts' && insideFeature && target === 'routes.ts')
    return `${path}: a service knows no routes`;
  return undefined;
};

/** Everything in these files that the table forbids, a sentence each. */
export const faultsOf = (files: readonly SourceFile[]): string[] => {
  const faults: string[] = [];
  for (const { path, text } of files) {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=\s)\/\/.*$/gm, '');
    for (const match of code.matchAll(IMPORT)) {
      const specifier = match[1] ?? match[2] ?? match[3] ?? '';
      const fault = faultOfImport(path, specifier) ?? faultOfRole(path, specifier);
      if (fault !== undefined) faults.push(fault);
    }
    for (const { what, where, why } of SOLE_USERS) {
      if (what.test(code) && !where.test(path)) faults.push(`${path}: ${why} (${what.source})`);
    }
  }
  return faults;
};
