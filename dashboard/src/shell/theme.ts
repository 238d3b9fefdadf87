/** Light, dark, or as the system says. */
import { useSyncExternalStore } from 'react';
import { recall, remember } from '../remember.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const listeners = new Set<() => void>();

const current = (): Theme => THEMES.find((theme) => theme === recall('theme')) ?? 'system';

/** Puts the remembered theme on the document; before anything is drawn. */
export const applyTheme = (): void => {
  const theme = current();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

/** Chooses a theme and remembers it. */
export const chooseTheme = (theme: Theme): void => {
  remember('theme', theme);
  applyTheme();
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    dark.removeEventListener('change', listener);
  };
};

/** The chosen theme. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, current);

const isDarkNow = (): boolean => {
  const theme = current();
  return theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
};

/** Whether the page is dark now, for what is drawn on a canvas. */
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDarkNow);

/** A colour token (`link`, `line`, …) as `rgb(…)`, for a canvas; after `useIsDark` changed, read it again. */
export const readColour = (token: string): string => {
  const probe = document.createElement('span');
  probe.style.color = `var(--color-${token})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
};
