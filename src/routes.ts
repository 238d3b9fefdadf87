import { consoleRoutes } from './console/routes.ts';
import type { ImportedData } from './console/imported-data.ts';
import type { Clock } from './foundation/clock.ts';
import { openApiDocument, type OpenApiInfo } from './http/openapi.ts';
import { PREFLIGHT } from './http/cors.ts';
import { namedProblemJson } from './http/problem-json.ts';
import { SHED } from './http/overload.ts';
import { CUT, UNMATCHED } from './http/pipeline.ts';
import type { AnyRoute } from './http/route.ts';
import type { PrefixForm } from './http/router.ts';
import type { HistoryEntry } from './promises/history.ts';
import type { SecurityReport } from './promises/report.ts';
import { promiseRoutes } from './promises/routes.ts';
import type { AtlasHolder } from './services/geocoding/atlas-holder.ts';
import { createGeocodingService } from './services/geocoding/routes.ts';
import { DECISIONS } from './datasets/sharing/limits.ts';
import { createDatasetService, type DatasetParts } from './services/datasets/routes.ts';
import type { Service } from './services/service.ts';
import { createVisitorService } from './services/visitor/routes.ts';
import { emptyVisitorData, type VisitorData } from './services/visitor/visitor-data.ts';

export interface RouteParts {
  readonly publicUrl: string;
  readonly version: string;
  readonly securityContact: string;
  readonly atlas: AtlasHolder;
  /** What has been imported and answers now, for the credits; nothing where left out. */
  readonly importedData?: () => readonly ImportedData[];
  /** Whether the geocoding contract's published test keys are answered; not where it is left out. */
  readonly testKeys?: boolean;
  /** What visitors are looked up in; nothing where left out, as where the table is only read. */
  readonly visitor?: VisitorData;
  /** Where rows of datasets are; left out where the table is only read. */
  readonly datasets?: DatasetParts;
  readonly report: () => SecurityReport;
  readonly history: (before: number | undefined) => Promise<readonly HistoryEntry[]>;
  readonly clock: Clock;
  /** The routes of the control plane, in the order of their tags; empty where only the rest is looked at. */
  readonly features: readonly AnyRoute[];
}

const apiInfo = (version: string): OpenApiInfo => ({
  title: 'Vouchsafe',
  version,
  description:
    'Data APIs of this installation. Send the secret key of your project in the Authorization header; what is promised about your requests stands at /security, with its live checks. Everything under /v1 that is about accounts takes the session of somebody signed in, as the dashboard does; changes have to come from a page of this origin, or with its Origin header.',
  tags: {
    Geocoding: 'Places for words, and words for places: the OpenCage contract.',
    Visitor:
      'Country, currency, language, device and network of whoever asks: VisitorAPI’s contract, and more. Nothing of it is stored.',
    Datasets:
      'Tables of a company, and what others share with it: read and written by PostgREST’s conventions, in numbered versions.',
    Sharing: 'Who may see a dataset and why, whom it is shared with, and who asks for it.',
    Decisions: 'Who may do what with a dataset, for a company’s own programs: OpenID AuthZEN.',
    'Signing up':
      'An account begins with a mailed link. Nothing tells a stranger whether an address has one.',
    'Signing in': 'Password or passkey, then the second factor, and what to do when one is lost.',
    Sessions: 'Who is signed in, where, and the end of it.',
    Account: 'Name, address and password of whoever is signed in.',
    'Security of the account': 'Second factors: authenticator apps, passkeys, recovery codes.',
    Companies: 'A company owns projects and has members.',
    Projects: 'What a company builds against; holds keys and limits.',
    'Request log': 'Single requests of a project, where its owner wants them logged; off by default.',
    Usage: 'What was used, counted without knowing who asked for what.',
    Members: 'Members, their roles, and invitations.',
    Domains: 'Web origins whose pages may call a project without a secret.',
    Keys: 'Pairs of a public and a secret key. A secret is shown once.',
    'Audit log': 'Who changed what in a company, and when.',
    Leaving: 'Take the data along, see what would go, and go.',
    Security: 'What this server promises, and whether it is kept.',
  },
});

/** What the house answers. */
export interface RouteTable {
  /** The one table that router, metering and the whole-house tests read. */
  readonly routes: readonly AnyRoute[];
  /** Below these paths errors are given in a wire contract's own form. */
  readonly forms: readonly PrefixForm[];
  /** The OpenAPI 3.1 document of the API; the same for every installation of a version. */
  document(): Record<string, unknown>;
}

/** Puts the table together from the services and the rooms that have endpoints. */
export const routeTable = (parts: RouteParts): RouteTable => {
  const services: readonly Service[] = [
    createGeocodingService(parts),
    createVisitorService(parts.visitor ?? emptyVisitorData()),
    createDatasetService(parts.datasets, parts.clock),
  ];
  const api = [...services.flatMap(({ routes }) => routes), ...parts.features, ...promiseRoutes(parts)];
  const document = (): Record<string, unknown> => openApiDocument(api, apiInfo(parts.version));
  return {
    routes: [
      ...api,
      ...consoleRoutes({
        ...parts,
        securityReport: parts.report,
        openApi: document,
        addressLayers: () => parts.visitor?.addresses.current.layers ?? [],
      }),
    ],
    forms: [
      ...services.flatMap(({ prefixes, errors }) => prefixes.map((prefix) => ({ prefix, errors }))),
      { prefix: `${DECISIONS}/`, errors: namedProblemJson },
    ],
    document,
  };
};

/** Every name under which a request can be counted, in an order that all threads agree on. */
export const operationsOf = (routes: readonly AnyRoute[]): readonly string[] => [
  ...new Set([
    UNMATCHED,
    PREFLIGHT,
    SHED,
    CUT,
    ...routes.flatMap(({ operation, countedAs = [] }) => [operation, ...countedAs]),
  ]),
];
