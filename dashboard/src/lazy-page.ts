/** Pages that are fetched when they are first visited, and what happens when they cannot be. */
import { lazyRouteComponent, type AsyncRouteComponent } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ApiProblem } from './api/problem.ts';

const isServerThere = (): Promise<boolean> =>
  fetch('/dashboard/', { method: 'HEAD', cache: 'no-store' }).then(
    () => true,
    () => false,
  );

/**
 * The router answers a page that cannot be fetched by loading everything anew. That is right where the server has a new
 * version; where it cannot be reached, a browser's error page would stand in place of ours.
 */
const explain = async (error: unknown): Promise<never> => {
  if (await isServerThere()) throw error;
  throw new ApiProblem(0, {
    code: 'offline',
    title: 'This page could not be loaded.',
    detail: 'The server could not be reached. Check your connection, then reload.',
  });
};

/** As `lazyRouteComponent`: the export of this name, in a chunk of its own. */
export const lazyPage = <Name extends string>(
  load: () => Promise<Record<Name, () => ReactElement>>,
  name: Name,
): AsyncRouteComponent<Record<string, never>> => lazyRouteComponent(() => load().catch(explain), name);
