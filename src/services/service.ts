import type { AnyRoute, ErrorForm } from '../http/route.ts';

/**
 * What a built-in data service gives to the house: its routes, and the form of its errors for requests below its
 * prefix that no route took. The pipeline does the rest (identify, limit, authorise, meter) in the same way for all.
 */
export interface Service {
  readonly name: 'geocoding' | 'visitor' | 'datasets';
  /** Every path of the service begins with one of these; an error on such a path is rendered in `errors`. */
  readonly prefixes: readonly string[];
  readonly routes: readonly AnyRoute[];
  readonly errors: ErrorForm;
}
