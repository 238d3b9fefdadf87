/** The npm packages that the gate and the gazetteer are compared with. They are no dependencies of the product: installed when they are needed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT } from './machine.ts';

/** Their package.json and lock file. */
export const PEERS = join(PROJECT, 'bench', 'peers');

const INSTALL = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
const PATIENCE_MS = 300_000;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** Whether just what the lock file says has been installed; npm leaves a copy of the lock beside the packages. */
const isInstalled = (folder: string): boolean => {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const versionsIn = (path: string): string => {
    const { packages } = readJson(path) as {
      packages: Record<string, { version?: string; optional?: true }>;
    };
    // Optional ones of other systems are in the lock alone.
    const named = Object.entries(packages).filter(([name, { optional }]) => name !== '' && optional !== true);
    return named.map(([name, { version }]) => `${name} ${version}`).join('\n');
  };
  return versionsIn(installed) === versionsIn(join(folder, 'package-lock.json'));
};

/** Runs npm in the folder; resolves with why it could not, or with undefined. */
const install = async (folder: string): Promise<string | undefined> => {
  const npm = spawn('npm', [...INSTALL, '--prefix', folder], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: PATIENCE_MS,
  });
  let said = '';
  npm.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  try {
    const [code] = (await once(npm, 'close')) as [number | null];
    if (code === 0) return undefined;
    const line = said.split('\n').find((text) => text.includes('npm error'));
    return line?.trim() ?? `npm ended with ${String(code)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/**
 * Makes sure that the packages are there; resolves with the reason where they are not and cannot be fetched.
 * @param say tells that npm is at work, which takes up to a minute.
 */
export const ensurePeers = async (
  say: (line: string) => void,
  folder: string = PEERS,
): Promise<string | undefined> => {
  if (isInstalled(folder)) return undefined;
  say('installing the packages to compare with into bench/peers (npm ci, once) …');
  const failure = await install(folder);
  if (failure !== undefined) say(`they could not be installed, so nothing is compared with them: ${failure}`);
  return failure;
};

const resolver = createRequire(join(PEERS, 'package.json'));

/** Version of an installed peer. */
export const peerVersion = (name: string): string =>
  (readJson(join(PEERS, 'node_modules', name, 'package.json')) as { version: string }).version;

/** Loads an installed peer. */
export const importPeer = async <Module>(name: string): Promise<Module> =>
  (await import(pathToFileURL(resolver.resolve(name)).href)) as Module;

/** Loads an installed peer that is CommonJS. */
export const requirePeer = (name: string): unknown => resolver(name);
