/**
 * A real browser for tests, with nothing installed by hand: Chromium, its libraries and its fonts come out of
 * the npm package `@sparticuz/chromium` (Linux on x64); elsewhere `TEST_BROWSER` names a Chromium.
 * Every request that leaves the server under test is refused, recorded, and makes `close()` throw.
 */
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { lstat, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sparticuz from '@sparticuz/chromium';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  type Route,
} from 'playwright-core';

const VERSION = '147.0.0';

/** The user's number; asked this way it needs no entry in a password file, as containers have none. */
const USER = process.getuid?.() ?? 0;

/**
 * Recommended flags of the package that a test must not run with: the first two switch off what is tested
 * (same-origin and mixed-content rules), the third makes closing one page end the whole browser.
 */
const UNWANTED_FLAGS: ReadonlySet<string> = new Set([
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--single-process',
]);

const QUIET_FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Not even a name leaves this machine: whatever is not loopback does not resolve, or to loopback. */
const resolverFlag = ({ hosts = [] }: BrowserOptions): string =>
  `--host-resolver-rules=${[
    ...hosts.map((host) => `MAP ${host} 127.0.0.1`),
    'MAP * ~NOTFOUND',
    'EXCLUDE localhost',
    'EXCLUDE 127.0.0.1',
    'EXCLUDE ::1',
  ].join(', ')}`;

/** One page with what went wrong on it so far; `await using` closes it and its profile. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Console errors, uncaught exceptions and Content-Security-Policy violations, in words. */
  readonly faults: readonly string[];
}

export interface BrowserOptions {
  /**
   * PEM of the certificate that the server under test shows, where no authority of the browser's has signed it. Only
   * this one is let through, and the browser sees no error: passkeys are refused on pages that have one.
   */
  readonly certificate?: string;
  /** Names of hosts that lead to this machine. */
  readonly hosts?: readonly string[];
}

export interface TestBrowser {
  /** Opens a page in a fresh profile; requests are allowed to the origin of `baseUrl` alone. */
  visit(baseUrl: string, options?: BrowserContextOptions): Promise<Visit>;
  /**
   * Opens a page in a fresh profile that may go to any of these origins, with nothing between browser and network: a test
   * that stands there would answer preflights itself. Undefined where the browser cannot speak TLS here.
   */
  visitFreely(origins: readonly string[]): Promise<Visit | undefined>;
  /** Requests that were tried to any other origin, refused before they left. */
  readonly foreignRequests: readonly string[];
  /** Ends the browser; throws when any request was foreign. */
  close(): Promise<void>;
}

const UNPACK = `
  const { default: chromium } = await import(process.argv[1]);
  chromium.setGraphicsMode = false;
  await chromium.executablePath();
`;

/** The package's own file looks for fonts in `/tmp/fonts` only. */
const fontsConfiguration = (home: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${home}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${home}/fonts-cache</cachedir></fontconfig>
`;

const isOurs = async (directory: string): Promise<boolean> => {
  const found = await lstat(directory).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isDirectory() || found.uid !== USER) {
    throw new Error(
      `${directory} belongs to someone else; remove it, or set TMPDIR to a directory of your own.`,
    );
  }
  return true;
};

/**
 * Unpacks Chromium once per user and version. The package writes to fixed names under the temporary directory
 * and takes a half-written file for a finished one; so a child process unpacks into a directory of its own,
 * and a rename, which cannot be seen half done, publishes it. Whoever loses that race throws its copy away.
 */
const unpackedBrowser = async (): Promise<string> => {
  const home = join(tmpdir(), `vouchsafe-chromium-${VERSION}-${USER}`);
  if (await isOurs(home)) return home;
  const fresh = await mkdtemp(`${home}.`);
  // This variable makes the package unpack its own copies of NSS and expat too, which bare machines lack.
  const env = { ...process.env, TMPDIR: fresh, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' };
  const entry = import.meta.resolve('@sparticuz/chromium');
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', UNPACK, entry], { env });
  await writeFile(join(fresh, 'fonts', 'fonts.conf'), fontsConfiguration(home));
  try {
    await rename(fresh, home);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!(await isOurs(home))) throw error;
  }
  return home;
};

interface Launched {
  readonly browser: Browser;
  /** Whether the browser itself can speak TLS here. */
  readonly hasTls: boolean;
}

const TRY_TO_LOAD = `
  try { process.dlopen({ exports: {} }, process.argv[1]); }
  catch (error) { process.exitCode = /self-register/.test(error.message) ? 0 : 1; }
`;

/**
 * The packaged NSS needs the system's SQLite, the one library that does not come along; without it the browser
 * ends at its first TLS handshake. So a child process tries to load what the browser would.
 */
const canLoad = (library: string, env: NodeJS.ProcessEnv): Promise<boolean> =>
  promisify(execFile)(process.execPath, ['-e', TRY_TO_LOAD, library], { env }).then(
    () => true,
    () => false,
  );

/** Lets one public key through, whoever signed it. */
const trustFlags = ({ certificate }: BrowserOptions): readonly string[] => {
  if (certificate === undefined) return [];
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  const digest = createHash('sha256').update(key).digest('base64');
  return [`--ignore-certificate-errors-spki-list=${digest}`];
};

const launch = async (options: BrowserOptions): Promise<Launched> => {
  const own = process.env['TEST_BROWSER'];
  const flags = [...QUIET_FLAGS, resolverFlag(options), ...trustFlags(options)];
  if (own !== undefined) {
    const args = [...flags, ...(USER === 0 ? ['--no-sandbox'] : [])];
    return { browser: await chromium.launch({ executablePath: own, args }), hasTls: true };
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The packaged Chromium runs on Linux x64. Set TEST_BROWSER to the path of a Chromium.');
  }
  const home = await unpackedBrowser();
  const args = [...sparticuz.args.filter((flag) => !UNWANTED_FLAGS.has(flag)), ...flags];
  const nss = join(home, 'al2023', 'lib');
  const libraries = [nss, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  const env = { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(home, 'fonts') };
  const [browser, hasTls] = await Promise.all([
    chromium.launch({ executablePath: join(home, 'chromium'), args, env }),
    canLoad(join(nss, 'libsoftokn3.so'), env),
  ]);
  return { browser, hasTls };
};

const isLocal = (url: URL): boolean => ['data:', 'blob:', 'about:'].includes(url.protocol);

/** Lets Node make the request instead of the browser; the page sees the same reply. */
const fetchThroughNode = async (route: Route): Promise<void> => {
  try {
    await route.fulfill({ response: await route.fetch({ maxRedirects: 0 }) });
  } catch {
    await route.abort('connectionfailed');
  }
};

/** Starts one browser for a test file; call `close()` in `after`. */
export const openBrowser = async (browserOptions: BrowserOptions = {}): Promise<TestBrowser> => {
  const { browser, hasTls } = await launch(browserOptions);
  const foreign = new Set<string>();

  const visit = async (baseUrl: string, options: BrowserContextOptions = {}): Promise<Visit> => {
    const { origin } = new URL(baseUrl);
    const isForeign = (url: URL): boolean => url.origin !== origin && !isLocal(url);
    // Without TLS of its own the browser leaves the requests to Node, which does not know that flag.
    const byNode = !hasTls && browserOptions.certificate !== undefined ? { ignoreHTTPSErrors: true } : {};
    const context = await browser.newContext({ ...byNode, ...options });
    // A redirect is not routed a second time, but it is told of here.
    context.on('request', (request) => {
      if (isForeign(new URL(request.url()))) foreign.add(request.url());
    });
    await context.route('**/*', (route) => {
      const url = new URL(route.request().url());
      if (isForeign(url)) return route.abort();
      return hasTls || url.protocol !== 'https:' ? route.continue() : fetchThroughNode(route);
    });
    return watch(context);
  };

  const visitFreely = async (origins: readonly string[]): Promise<Visit | undefined> => {
    if (!hasTls) return undefined;
    const context = await browser.newContext();
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (!origins.includes(url.origin) && !isLocal(url)) foreign.add(request.url());
    });
    return watch(context);
  };

  const watch = async (context: BrowserContext): Promise<Visit> => {
    const faults: string[] = [];
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    return { page, faults, [Symbol.asyncDispose]: () => context.close() };
  };

  return {
    visit,
    visitFreely,
    get foreignRequests(): readonly string[] {
      return [...foreign];
    },
    close: async (): Promise<void> => {
      await browser.close();
      if (foreign.size > 0) throw new Error(`requests left the server: ${[...foreign].join(' ')}`);
    },
  };
};
