/** Looks at a page as several people see it: wide and narrow, light and dark; keeps a picture of each. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findBarriers } from './barriers.ts';
import { PROJECT_ROOT } from './sources.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
] as const;

const SCHEMES = ['light', 'dark'] as const;

export interface LookOptions {
  /** The page's own picture in each size and scheme; else wide in light and narrow in dark. */
  readonly thoroughly?: boolean;
}

export interface Album {
  /**
   * Pictures of the page as it stands. Throws where it is wider than the screen, or where axe-core finds a barrier.
   * Leaves the page wide and light.
   */
  look(page: Page, name: string, options?: LookOptions): Promise<void>;
  /** Where a picture of this name lies. */
  pathOf(name: string): string;
  /** Where a picture of this name lies. */
  pathOf(name: string): string;
  readonly pictures: number;
  /** Pages in a size and scheme that axe-core looked at. */
  readonly checked: number;
}

/** Empties the folder of this name under `test-output/` and fills it anew. */
export const openAlbum = (folder: string): Album => {
  const place = join(PROJECT_ROOT, 'test-output', folder);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  let pictures = 0;
  let checked = 0;
  const pathOf = (name: string): string => join(place, `${name}.png`);
  return {
    pathOf,
    look: async (page, name, { thoroughly = false } = {}) => {
      // Neither a button under the pointer nor a page half scrolled.
      await page.mouse.move(0, 0);
      await page.evaluate('scrollTo(0, 0)');
      // A veil covers the window, not the page.
      const fullPage = (await page.getByRole('dialog').or(page.getByRole('alertdialog')).count()) === 0;
      for (const [sizeIndex, size] of SIZES.entries()) {
        await page.setViewportSize(size);
        for (const [schemeIndex, colorScheme] of SCHEMES.entries()) {
          if (!thoroughly && sizeIndex !== schemeIndex) continue;
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          const path = pathOf(`${name}-${size.width}-${colorScheme}`);
          await page.screenshot({ path, fullPage, animations: 'disabled' });
          pictures += 1;
          const width = await page.evaluate<number>('document.documentElement.scrollWidth');
          assert.ok(width <= size.width, `${name} is ${width} wide on ${size.width}`);
          // Each size and each scheme once: axe-core takes longer than all the rest.
          if (sizeIndex !== schemeIndex) continue;
          assert.deepEqual(await findBarriers(page), [], `${name} ${size.width} ${colorScheme}`);
          checked += 1;
        }
      }
      await page.setViewportSize(SIZES[0]);
      await page.emulateMedia({ colorScheme: 'light' });
    },
    get pictures(): number {
      return pictures;
    },
    get checked(): number {
      return checked;
    },
  };
};
