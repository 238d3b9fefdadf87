/** What every page knows about the installation that serves it. */
import type { Assets } from './assets.ts';

export interface Site {
  /** Scheme, host and port, without a trailing slash. */
  readonly origin: string;
  readonly hostname: string;
  readonly version: string;
  readonly assets: Assets;
}

/** @throws TypeError when the URL is not an https or http address. */
export const createSite = (publicUrl: string, version: string, assets: Assets): Site => {
  const url = new URL(publicUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError('The public URL must be https.');
  return { origin: url.origin, hostname: url.hostname, version, assets };
};
