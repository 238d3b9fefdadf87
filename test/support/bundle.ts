/** Programs for pages as one script, put together by Vite from texts and from what npm installed. */
import { build } from 'vite';
import { PROJECT_ROOT } from './sources.ts';

/** Marks the modules that are texts; the zero byte keeps others from touching them. */
const MARK = '\0text:';

/**
 * One classic script for a browser.
 * @param modules texts by the name that others import them by; `entry` is where it begins.
 */
export const bundle = async (modules: Readonly<Record<string, string>>): Promise<string> => {
  const built = await build({
    configFile: false,
    root: PROJECT_ROOT,
    logLevel: 'error',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'texts',
        enforce: 'pre',
        resolveId: (id: string): string | undefined =>
          Object.hasOwn(modules, id) ? `${MARK}${id}` : undefined,
        load: (id: string): string | undefined =>
          id.startsWith(MARK) ? modules[id.slice(MARK.length)] : undefined,
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: 'entry', output: { format: 'iife' } },
    },
  });
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const script = outputs.find((one) => one.type === 'chunk');
  if (script?.type !== 'chunk') throw new Error('Vite made no script.');
  return script.code;
};
