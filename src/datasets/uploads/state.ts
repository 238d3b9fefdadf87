/** How an upload is shown. */
import type { z } from 'zod';
import { KEPT_MS } from './limits.ts';
import type { stateSchema } from './schemas.ts';
import type { Upload } from './service.ts';

/** As the API has it. */
export const stateOf = (upload: Upload): z.input<typeof stateSchema> => ({
  id: upload.id,
  filename: upload.filename,
  filetype: upload.filetype,
  length: upload.length,
  offset: upload.at,
  phase: upload.phase as z.input<typeof stateSchema>['phase'],
  bytes_done: upload.bytes_read,
  rows: upload.rows_read,
  rejected: upload.rejected,
  ordered: upload.ordered,
  dataset: upload.dataset_id,
  version: upload.version,
  failure: upload.failure,
  detail: upload.failure_detail,
  created_at: upload.created_at.toISOString(),
  expires_at: new Date(upload.touched_at.getTime() + KEPT_MS).toISOString(),
});
