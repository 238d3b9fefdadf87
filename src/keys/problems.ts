import { Problem } from '../foundation/problem.ts';

export const keyNotFound = (): Problem =>
  new Problem(404, 'key_not_found', 'No such key', {
    detail: 'List the keys to see which there are.',
    field: 'key',
  });

export const keyNameTooLong = (): Problem =>
  new Problem(400, 'key_name_invalid', 'The name of a key has 1 to 80 characters', { field: 'name' });
