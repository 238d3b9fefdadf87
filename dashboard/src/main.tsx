/** Starts the dashboard. */
import './style.css';
import { takeToken } from './token.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { setInterventions } from './api/client.ts';
import { queryClient } from './api/query.ts';
import { interventions } from './interventions.ts';
import { router } from './router.tsx';
import { applyTheme } from './shell/theme.ts';

takeToken();
addEventListener('hashchange', takeToken);
applyTheme();

// Radix locks scrolling with a style element, which the Content-Security-Policy lets in by this nonce alone.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
if (nonce !== undefined) setNonce(nonce);

setInterventions(interventions);

const place = document.querySelector('#root');
if (place === null) throw new Error('index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
