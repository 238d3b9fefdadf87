/** Looks at a folder whenever something changes in it, and now and then where the system tells nothing. */
import { watch, type FSWatcher } from 'node:fs';
import { mkdir } from 'node:fs/promises';

/** Where the system tells nothing (network file systems), this is how late we are. */
const POLL_MS = 2000;
/** A change is often several; they are looked at together. */
const SETTLE_MS = 50;

export interface FolderWatch {
  /** Resolves when no look is under way any more. */
  close(): Promise<void>;
}

export interface FolderWatchOptions {
  /** One look; there is never a second one at the same time. @param isClosed whether the watch has ended meanwhile. */
  readonly look: (isClosed: () => boolean) => Promise<void>;
  /** A look failed. */
  readonly onError: (error: unknown) => void;
}

/** Looks at once, then at every change and every two seconds. The folder is made where it is missing. */
export const watchFolder = async (
  folder: string,
  { look: lookNow, onError }: FolderWatchOptions,
): Promise<FolderWatch> => {
  await mkdir(folder, { recursive: true });
  let closed = false;
  let under: Promise<void> | undefined;
  const look = (): void => {
    if (closed || under !== undefined) return;
    under = lookNow(() => closed)
      .catch(onError)
      .finally(() => {
        under = undefined;
      });
  };

  let settling: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(settling);
    settling = setTimeout(look, SETTLE_MS);
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, soon);
    watcher.on('error', () => watcher?.close());
  } catch {
    // No more watches to be had, or none on this file system: the poll does.
  }
  const poll = setInterval(look, POLL_MS);
  look();
  return {
    close: async () => {
      closed = true;
      watcher?.close();
      clearInterval(poll);
      clearTimeout(settling);
      await under;
    },
  };
};
