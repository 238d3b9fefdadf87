import { featureTable } from '../../src/features.ts';
import { systemClock } from '../../src/foundation/clock.ts';
import { routeTable } from '../../src/routes.ts';
import { EMPTY_REPORT } from './house.ts';
import { VERSION } from '../../src/version.ts';
import { holdBase } from '../../src/services/geocoding/atlas-holder.ts';
import { openTestGazetteer } from './gazetteer.ts';

/** The OpenAPI document of this source, as `docs/openapi.json` holds it. */
export const currentDocument = async (): Promise<string> => {
  const { document } = routeTable({
    publicUrl: 'https://localhost:8443',
    version: VERSION,
    securityContact: 'mailto:security@localhost',
    atlas: holdBase(await openTestGazetteer()),
    report: () => EMPTY_REPORT,
    history: async () => [],
    clock: systemClock,
    features: featureTable(),
  });
  return `${JSON.stringify(document(), null, 2)}\n`;
};
