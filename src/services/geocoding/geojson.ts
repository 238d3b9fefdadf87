/** The contract's GeoJSON (RFC 7946): the same envelope, results as features. */
import type { Envelope, ResultModel } from './envelope.ts';

const featureOf = ({ geometry, ...properties }: ResultModel): object => ({
  geometry: { coordinates: [geometry.lng, geometry.lat], type: 'Point' },
  properties,
  type: 'Feature',
});

/** An envelope as a feature collection; an error stays an envelope, with no features. */
export const toGeojson = (envelope: Envelope): object => {
  const { results, ...rest } = envelope;
  const members = { ...rest, features: results.map(featureOf), type: 'FeatureCollection' };
  // Members stand in alphabetical order in every answer of the contract.
  return Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
