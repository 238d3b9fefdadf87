/** How leaving can be refused. */
import { Problem } from '../foundation/problem.ts';

/** 400: what was typed to confirm is something else. @param field a JSON pointer into the body. */
export const confirmationDiffers = (field: '/email' | '/name'): Problem =>
  new Problem(400, 'confirmation_differs', 'What you typed is not what is to be deleted', {
    detail:
      field === '/email'
        ? 'Type the e-mail address of this account to delete it.'
        : 'Type the name of this company, exactly as it is shown, to delete it.',
    field,
  });

/** 422: an export is put together in memory, which is not for everything. */
export const exportTooLarge = (mostMegabytes: number): Problem =>
  new Problem(422, 'export_too_large', 'There is too much to export at once', {
    detail: `An export holds up to ${mostMegabytes} MB. Ask whoever runs this installation for a copy from the database.`,
  });

/** 503: as many exports are under way in this worker as its memory is for. */
export const exportsBusy = (): Problem =>
  new Problem(503, 'exports_busy', 'Others are exporting at the moment', {
    detail: 'Try again in a few seconds.',
    headers: { 'retry-after': '5' },
  });
