import { Problem } from '../../foundation/problem.ts';

/** How a geocoding request can end early, besides what the pipeline decides. Codes are stable. */

/** 400: `q` is missing, empty, one character, not text, or came twice. */
export const badQuery = (): Problem => new Problem(400, 'bad_query', 'missing or bad query', { field: 'q' });

/** 400: `q` is a pair of numbers, but not of degrees on Earth. */
export const badCoordinates = (): Problem =>
  new Problem(400, 'bad_coordinates', 'invalid coordinates', { field: 'q' });

/** 410: `q` is longer than is read. */
export const queryTooLong = (): Problem =>
  new Problem(410, 'query_too_long', 'request too long', { field: 'q' });

/** 400: a parameter that would mean different things came more than once. `field` is one of ours. */
export const duplicateParameter = (field: string): Problem =>
  new Problem(400, 'duplicate_parameter', `duplicate parameter ${field}`, { field });

/** 400: `jsonp` is not the name of a function. */
export const badCallback = (): Problem =>
  new Problem(400, 'bad_callback', 'not a valid callback', { field: 'jsonp' });

/** Nobody is asked for a key to hear that there is nothing, so every page may. */
const headers = { 'access-control-allow-origin': '*' } as const;

/** 400: a path of the contract with another version than `v1`. */
export const badVersion = (): Problem => new Problem(400, 'bad_version', 'not a valid version', { headers });

/** 400: a format that is not answered. */
export const badFormat = (): Problem => new Problem(400, 'bad_format', 'not a valid format', { headers });

/** 404: nothing answers at this path of the contract. */
export const badEndpoint = (): Problem => new Problem(404, 'not_found', 'invalid endpoint', { headers });
