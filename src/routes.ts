import { consoleRoutes } from './console/routes.ts';
import type { Clock } from './foundation/clock.ts';
import { openApiDocument, type OpenApiInfo } from './http/openapi.ts';
import { UNMATCHED } from './http/pipeline.ts';
import type { AnyRoute } from './http/route.ts';
import type { PrefixForm } from './http/router.ts';
import type { HistoryEntry } from './promises/history.ts';
import type { SecurityReport } from './promises/report.ts';
import { promiseRoutes } from './promises/routes.ts';
import type { Gazetteer } from './services/geocoding/gazetteer.ts';
import { createOpencageErrors } from './services/geocoding/errors.ts';
import { geocodingRoutes } from './services/geocoding/routes.ts';

export interface RouteParts {
  readonly publicUrl: string;
  readonly version: string;
  readonly securityContact: string;
  readonly gazetteer: Gazetteer;
  readonly report: () => SecurityReport;
  readonly history: (before: number | undefined) => Promise<readonly HistoryEntry[]>;
  readonly clock: Clock;
}

/** Unknown paths below these are answered in the wire contract's own form. */
export const errorForms = (publicUrl: string): readonly PrefixForm[] => [
  { prefix: '/geocode/', errors: createOpencageErrors(publicUrl) },
];

const apiInfo = (version: string): OpenApiInfo => ({
  title: 'Vouchsafe',
  version,
  description:
    'Data APIs of this installation. Send the secret key of your project in the Authorization header; what is promised about your requests stands at /security, with its live checks.',
  tags: {
    Geocoding: 'Places for words, and words for places: the OpenCage contract.',
    Security: 'What this server promises, and whether it is kept.',
  },
});

/** The operations that the API reference shows; pages and their files are for people. */
const apiRoutes = ({ gazetteer, publicUrl, clock, report, history }: RouteParts): readonly AnyRoute[] => [
  ...geocodingRoutes({ gazetteer, publicUrl, clock }),
  ...promiseRoutes({ report, history }),
];

/** The OpenAPI 3.1 document of the API; the same for every installation of a version. */
export const apiDocument = (parts: RouteParts): Record<string, unknown> =>
  openApiDocument(apiRoutes(parts), apiInfo(parts.version));

/** The one table that router, OpenAPI document, metering and the whole-house tests read. */
export const allRoutes = (parts: RouteParts): readonly AnyRoute[] => [
  ...apiRoutes(parts),
  ...consoleRoutes({ ...parts, securityReport: parts.report, openApi: () => apiDocument(parts) }),
];

/** Every name under which a request can be counted, in an order that all threads agree on. */
export const operationsOf = (routes: readonly AnyRoute[]): readonly string[] => [
  ...new Set([UNMATCHED, ...routes.flatMap(({ operation, countedAs = [] }) => [operation, ...countedAs])]),
];
