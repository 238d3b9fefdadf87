/** How much script a page costs before it stands: `node dashboard/scripts/measure.ts`, after a build. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Chunks that come only when a password is being chosen or a chart is drawn. */
export const LATE = /^(?:strength|chart|zxcvbn|words|common|uplot)/;

export interface Measure {
  /** The page's chunk, without its hash; `sum` is everything that is not late. */
  readonly name: string;
  /** Bytes, gzipped at level 9, of the entry, the page and all that they import statically. */
  readonly bytes: number;
}

const ASSETS = join(import.meta.dirname, '..', 'dist', 'assets');

/** These stand without the frames of someone signed in. */
const PUBLIC_PAGES = join(import.meta.dirname, '..', 'src', 'pages', 'public');

/** Files that a chunk cannot run without; minified code writes `import … from"./x.js"` and `import"./x.js"`. */
const staticImports = (code: string): string[] =>
  [...code.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g)].map(([, file = '']) => file);

/** Measures every page of a build, the frames around it included; the largest first. */
export const measure = (folder: string = ASSETS): Measure[] => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const code = new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  const sizes = new Map(files.map((file) => [file, gzipSync(code.get(file) ?? '', { level: 9 }).length]));
  const closure = (file: string, found = new Set<string>()): Set<string> => {
    if (found.has(file)) return found;
    found.add(file);
    for (const next of staticImports(code.get(file) ?? '')) closure(next, found);
    return found;
  };
  const sum = (set: Iterable<string>): number =>
    [...set].reduce((bytes, file) => bytes + (sizes.get(file) ?? 0), 0);
  const named = (part: RegExp): string[] => files.filter((file) => part.test(file));
  const entry = named(/^index\./);
  const frames = named(/^(?:company-|account-)?frame\./);
  const beforeSignIn = new Set(readdirSync(PUBLIC_PAGES).map((file) => file.split('.')[0]));
  const pages = named(/-page\./).map((file) => {
    const name = file.split('.')[0] ?? file;
    const needed = [...entry, ...(beforeSignIn.has(name) ? [] : frames), file];
    return { name, bytes: sum(new Set(needed.flatMap((one) => Array.from(closure(one))))) };
  });
  const everything = files.filter((file) => !LATE.test(file));
  return [...pages.sort((a, b) => b.bytes - a.bytes), { name: 'sum', bytes: sum(everything) }];
};

if (import.meta.main) {
  for (const { name, bytes } of measure())
    process.stdout.write(`${(bytes / 1_000).toFixed(1).padStart(7)} kB  ${name}\n`);
}
