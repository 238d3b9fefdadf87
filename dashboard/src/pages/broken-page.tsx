/** What stands in place of a page whose own code failed. */
import type { ReactElement } from 'react';
import { Button } from '../components/button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';

/** The page. A chunk that is gone (a new version was installed) is mended by loading anew. */
export const BrokenPage = ({ error }: { readonly error: unknown }): ReactElement => (
  // Stands inside of a frame's <main>, or alone where the frame itself is what failed.
  <div className="grid w-full max-w-3xl gap-4 p-4 [main_&]:p-0">
    <title>Something went wrong · Vouchsafe</title>
    <h1 className="text-3xl tracking-tight">Something went wrong</h1>
    <ErrorPanel problem={error} />
    <p>
      <Button look="primary" onClick={() => location.reload()}>
        Reload the page
      </Button>
    </p>
  </div>
);
