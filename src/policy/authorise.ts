import type { Caller, Scope } from '../foundation/caller.ts';
import { ok, refused, type Result } from '../foundation/result.ts';

/** Whether an identified caller may do what a route asks for. Pure: no clock, no database. */
export const authorise = (needed: Scope, caller: Caller): Result<Caller, 'scope-missing'> =>
  caller.scopes.includes(needed) ? ok(caller) : refused('scope-missing');
