/** The work folder of an import: what it was made from and how far it is, so that a killed import can go on. */
import { hash } from 'node:crypto';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FORMATS } from './formats.ts';
import { replaceText } from './manifest-file.ts';

/** Two files that agree in these are taken for the same; a whole hash of a planet would take minutes. */
const identitySchema = z.strictObject({
  path: z.string(),
  size: z.int(),
  mtimeMs: z.number(),
  /** SHA-256 of the first and the last MiB. */
  ends: z.string(),
});
export type InputIdentity = z.infer<typeof identitySchema>;

const stateSchema = z.strictObject({
  version: z.literal(1),
  format: z.enum(FORMATS),
  inputs: z.array(identitySchema).min(1).max(10_000),
  /** The name of the index file that comes of it. */
  file: z.string().regex(/^[a-z0-9][A-Za-z0-9.-]{0,120}\.idx$/u),
  startedAt: z.iso.datetime(),
  done: z.array(z.string().max(80)).max(1000),
  /** What came of it, as soon as the index file is written and checked: only the manifest is left to do then. */
  result: z
    .strictObject({ rows: z.int(), skipped: z.int(), attribution: z.string().max(400).optional() })
    .optional(),
});
export type WorkState = z.infer<typeof stateSchema>;

/** Which stages of an import are done; what they left lies in the work folder. */
export interface Checkpoint {
  done(stage: string): boolean;
  /** Remembers it durably; everything that the stage wrote has to be durable before. */
  finish(stage: string): Promise<void>;
}

const END_BYTES = 1024 * 1024;

/** What tells an input from another. Errors of the file system come through. */
export const identify = async (path: string): Promise<InputIdentity> => {
  const { size, mtimeMs } = await stat(path);
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(size, 2 * END_BYTES));
    const head = Math.min(size, END_BYTES);
    await file.read(bytes, 0, head, 0);
    if (size > END_BYTES) await file.read(bytes, head, bytes.length - head, Math.max(head, size - END_BYTES));
    return { path, size, mtimeMs, ends: hash('sha256', bytes, 'hex') };
  } finally {
    await file.close();
  }
};

/** Where the work of imports lies, by their name. */
export const workFolder = (folder: string, name: string): string => join(folder, 'work', name);

/** What was begun in a work folder; undefined where there is nothing that could go on. */
export const readWork = async (work: string): Promise<WorkState | undefined> => {
  try {
    const parsed = stateSchema.safeParse(JSON.parse(await readFile(join(work, 'state.json'), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};

/** Whether the inputs are still those that the work was begun with. */
export const isSameInput = (state: WorkState, inputs: readonly InputIdentity[]): boolean =>
  JSON.stringify(state.inputs) === JSON.stringify(inputs);

const save = (work: string, state: WorkState): Promise<void> =>
  replaceText(join(work, 'state.json'), JSON.stringify(state));

/** Begins anew: whatever lay there is gone. */
export const beginWork = async (
  work: string,
  begun: Omit<WorkState, 'version' | 'done' | 'result'>,
): Promise<WorkState> => {
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const state: WorkState = { version: 1, ...begun, done: [] };
  await save(work, state);
  return state;
};

/** Remembers what came of it. */
export const finishWork = async (work: string, result: NonNullable<WorkState['result']>): Promise<void> => {
  const state = await readWork(work);
  if (state !== undefined) await save(work, { ...state, result });
};

/** The stages of what was begun. @throws where nothing was. */
export const openCheckpoint = async (work: string): Promise<Checkpoint> => {
  const found = await readWork(work);
  if (found === undefined) throw new Error('the work folder has no state');
  let state = found;
  return {
    done: (stage) => state.done.includes(stage),
    finish: async (stage) => {
      state = { ...state, done: [...new Set([...state.done, stage])] };
      await save(work, state);
    },
  };
};
