/** How the dashboard is built: files named by their content, so that the same sources give the same `dist/`. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Browsers that know `light-dark()` and module scripts; nothing is rewritten for older ones. */
const BROWSERS = ['chrome123', 'edge123', 'firefox121', 'safari17.5'];

/** What the worker of the strength meter is made of; Vite's list of licences knows the page's own bundle alone. */
const IN_WORKER = ['@zxcvbn-ts/*', 'fastest-levenshtein'];

const workerLicences = (): Plugin => ({
  name: 'worker-licences',
  generateBundle(): void {
    const modules = join(import.meta.dirname, '..', 'node_modules');
    const texts = globSync(
      IN_WORKER.map((name) => `${name}/{LICENSE,NOTICE,THIRD_PARTY}*`),
      { cwd: modules },
    )
      .sort()
      .map(
        (path) =>
          `## ${path.split('/').slice(0, -1).join('/')}\n\n${readFileSync(join(modules, path), 'utf8')}`,
      );
    this.emitFile({ type: 'asset', fileName: 'LICENSES-strength-meter.md', source: texts.join('\n') });
  },
});

// A shell's own NODE_ENV would change what is built: React's development build is three times as large.
process.env['NODE_ENV'] = 'production';

// oxlint-disable-next-line import/no-default-export -- Vite takes its configuration from the default export
export default defineConfig({
  root: import.meta.dirname,
  base: '/dashboard/',
  publicDir: false,
  // No file of one machine (.env) reaches the bundle.
  envDir: false,
  plugins: [react(), tailwind(), workerLicences()],
  worker: {
    format: 'es',
    rolldownOptions: { output: { entryFileNames: 'assets/[name].[hash].js' } },
  },
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    emptyOutDir: true,
    target: BROWSERS,
    sourcemap: false,
    // The licences of what is bundled ask for their texts to go along.
    license: { fileName: 'LICENSES.md' },
    reportCompressedSize: false,
    // Only 'self' may give scripts and fonts; a data: URL would be refused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_500,
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name].[hash].js',
        chunkFileNames: 'assets/[name].[hash].js',
        assetFileNames: 'assets/[name].[hash][extname]',
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](?:react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/, priority: 2 },
          ],
        },
      },
    },
  },
});
