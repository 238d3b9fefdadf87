import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The URL of a module of `leaks/`, for a server to load before anything else; it is told a folder to write to. */
export const leakUrl = (name: string, folder = ''): string => {
  const url = pathToFileURL(join(import.meta.dirname, 'leaks', `${name}.ts`));
  if (folder !== '') url.searchParams.set('folder', folder);
  return url.href;
};
