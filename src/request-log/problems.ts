import { Problem } from '../foundation/problem.ts';

/** 409: queries are logged with requests, or not at all. */
export const logIsOff = (): Problem =>
  new Problem(409, 'log_is_off', 'The request log is off', {
    detail: 'Turn it on by choosing its days, then queries can be logged as well.',
    field: '/queries',
  });
