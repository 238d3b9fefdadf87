/** The entry of the program: keeps compiled code between starts, then runs the command line. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Beside the installed packages, not in a temporary folder that others on this machine may write to.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/vouchsafe', import.meta.url)));

await import('./command-line.ts');
