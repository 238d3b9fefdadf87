/** The entry of a worker thread; shares the compiled code that the main thread keeps. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/vouchsafe', import.meta.url)));

await import('./worker-thread.ts');
