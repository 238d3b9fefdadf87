import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from '../architecture.ts';

/** The project's root, with a `/` at its end. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every file below a folder of the project, with its text. */
export const sourceFiles = (folder: string): readonly SourceFile[] =>
  readdirSync(PROJECT_ROOT + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(PROJECT_ROOT.length))
    .map((path) => ({ path, text: readFileSync(PROJECT_ROOT + path, 'utf8') }));
