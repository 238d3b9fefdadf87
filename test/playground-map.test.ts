/** The map of the playground, as far as it can be thought through without a screen. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { linesBetween, sayDegrees, scaleBar, stepOfLines } from '../dashboard/src/map/scale.ts';
import { shapesOf, type Shapes, type World } from '../dashboard/src/map/shapes.ts';
import {
  boxAround,
  fit,
  leastZoom,
  MOST_ZOOM,
  moveBy,
  pixelOf,
  placeAt,
  settle,
  spotAt,
  spotOf,
  wholeWorld,
  worldSize,
  zoomBy,
} from '../dashboard/src/map/view.ts';
import { foundInJson, suggestionsIn } from '../dashboard/src/pages/company/playground/found.ts';
import { PROJECT_ROOT } from './support/sources.ts';

const SIZE = { width: 500, height: 380 };
const latitude = fc.double({ min: -85, max: 85, noNaN: true });
const longitude = fc.double({ min: -179.999, max: 179.999, noNaN: true });
const view = fc
  .record({
    x: fc.double({ min: -2, max: 2, noNaN: true }),
    y: fc.double({ min: -1, max: 2, noNaN: true }),
    zoom: fc.double({ min: -3, max: 40, noNaN: true }),
  })
  .map((any) => settle(any, SIZE));
const close = (one: number, other: number, within: number): void =>
  assert.ok(Math.abs(one - other) <= within, `${one} is not ${other}`);

describe('where the map looks', () => {
  it('finds a coordinate again, from degrees to pixels and back', () => {
    fc.assert(
      fc.property(latitude, longitude, view, (lat, lng, at) => {
        const spot = spotOf({ lat, lng });
        const back = placeAt(spotAt(pixelOf(spot, at, SIZE), at, SIZE));
        close(back.lat, lat, 1e-6);
        close(back.lng, lng, 1e-6);
      }),
    );
  });

  it('never leaves the world, however it is moved', () => {
    const deed = fc.oneof(
      fc.record({ dx: fc.integer({ min: -5000, max: 5000 }), dy: fc.integer({ min: -5000, max: 5000 }) }),
      fc.record({ steps: fc.double({ min: -9, max: 9, noNaN: true }), x: fc.nat(500), y: fc.nat(380) }),
    );
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
        let at = wholeWorld(SIZE);
        for (const one of deeds)
          at = 'dx' in one ? moveBy(at, one.dx, one.dy, SIZE) : zoomBy(at, one.steps, one, SIZE);
        assert.ok(at.x >= 0 && at.x < 1, `${at.x}`);
        assert.ok(at.zoom >= leastZoom(SIZE) && at.zoom <= MOST_ZOOM);
        assert.ok(spotAt({ x: 0, y: 0 }, at, SIZE).y >= -1e-9);
        assert.ok(spotAt({ x: 0, y: SIZE.height }, at, SIZE).y <= 1 + 1e-9);
      }),
    );
  });

  it('keeps what is under the pointer there while it comes nearer', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(380), fc.double({ min: 0, max: 4, noNaN: true }), (x, y, steps) => {
        const from = settle({ x: 0.5, y: 0.5, zoom: 5 }, SIZE);
        const before = spotAt({ x, y }, from, SIZE);
        const after = spotAt({ x, y }, zoomBy(from, steps, { x, y }, SIZE), SIZE);
        close(after.x, before.x, 1e-9);
        close(after.y, before.y, 1e-9);
      }),
    );
  });

  it('shows a box whole, also one across the antimeridian', () => {
    for (const box of [
      { south: 47, west: 5, north: 55, east: 15 },
      { south: -20, west: 177, north: -12, east: -178 },
      { south: 41, west: 19, north: 81, east: -169 },
      { south: 48.1, west: 11.5, north: 48.1, east: 11.5 },
    ]) {
      const at = fit(box, SIZE);
      for (const corner of [
        { lat: box.south, lng: box.west },
        { lat: box.north, lng: box.east },
      ]) {
        const { x, y } = pixelOf(spotOf(corner), at, SIZE);
        assert.ok(x >= 0 && x <= SIZE.width && y >= 0 && y <= SIZE.height, JSON.stringify([corner, x, y]));
      }
    }
  });

  it('takes the shorter way around the world for several places', () => {
    assert.deepEqual(
      boxAround([
        { lat: -17, lng: 178 },
        { lat: -14, lng: -171 },
      ]),
      { south: -17, north: -14, west: 178, east: -171 },
    );
    assert.deepEqual(boxAround([{ lat: 1, lng: 2 }]), { south: 1, north: 1, west: 2, east: 2 });
    assert.equal(boxAround([]), undefined);
    fc.assert(
      fc.property(fc.array(fc.record({ lat: latitude, lng: longitude }), { minLength: 1 }), (points) => {
        const box = boxAround(points);
        assert.ok(box);
        const width = (((box.east - box.west) % 360) + 360) % 360;
        for (const { lng } of points) assert.ok((((lng - box.west) % 360) + 360) % 360 <= width + 1e-9);
      }),
    );
  });
});

describe('the scale', () => {
  it('is a round length, no wider than it may be, and right', () => {
    fc.assert(
      fc.property(view, (at) => {
        const { text, width } = scaleBar(at, 100);
        assert.match(text, /^(?:1|2|5)(?:0|,0)* (?:k?m)$/);
        assert.ok(width > 30 && width <= 100.000001, `${width}`);
      }),
    );
    // 360 degrees of the equator are 40,075 km.
    const { text, width } = scaleBar({ x: 0.5, y: 0.5, zoom: 4 }, 100);
    assert.equal(text, '500 km');
    close((width / worldSize(4)) * 40_075.0167, 500, 0.001);
  });

  it('has lines of degrees far enough apart to be read', () => {
    for (let zoom = 0; zoom <= MOST_ZOOM; zoom += 0.25) {
      const pixels = (stepOfLines(zoom) / 360) * worldSize(zoom);
      assert.ok(pixels >= Math.min(70, (90 / 360) * worldSize(zoom)) && pixels < 700, `${zoom}: ${pixels}`);
    }
    assert.deepEqual(linesBetween(11.21, 11.85, 0.2), [11.4, 11.6, 11.8]);
    assert.deepEqual(linesBetween(5, 4, 1), []);
    assert.equal(sayDegrees(-0.2, ['N', 'S']), '0.2° S');
    assert.equal(sayDegrees(0, ['N', 'S']), '0°');
  });
});

/** Whether a coordinate is on land: how often a line from there crosses a shore. */
const layersAt = ({ land }: Shapes, lat: number, lng: number): number => {
  const { x, y } = spotOf({ lat, lng });
  let layers = 0;
  for (const { points } of land) {
    let isIn = false;
    for (let at = 0, last = points.length - 2; at < points.length; last = at, at += 2) {
      const [x0, y0, x1, y1] = [points[at]!, points[at + 1]!, points[last]!, points[last + 1]!];
      if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) isIn = !isIn;
    }
    if (isIn) layers += 1;
  }
  return layers;
};

describe('the outlines of the world', () => {
  for (const [detail, most] of [
    ['110m', 50_000],
    ['50m', 260_000],
    ['10m', 1_000_000],
  ] as const) {
    it(`of ${detail} are land where there is land, and weigh what was meant`, async () => {
      const text = readFileSync(join(PROJECT_ROOT, 'node_modules/world-atlas', `countries-${detail}.json`));
      assert.ok(gzipSync(text, { level: 6 }).length < most);
      const shapes = await shapesOf(JSON.parse(text.toString()) as World);
      for (const [lat, lng] of [
        [48.14, 11.57],
        [40, -100],
        [60, 100],
        [-84, 0],
        [66, -172.5],
        [66, 178],
      ] as const)
        assert.equal(layersAt(shapes, lat, lng), 1, `${lat} ${lng}`);
      for (const [lat, lng] of [
        [30, -40],
        [0, -30],
        [0, 179.9],
        [-50, -179.9],
        [84.5, 0],
      ] as const)
        assert.equal(layersAt(shapes, lat, lng), 0, `${lat} ${lng}`);
      for (const { west, east, north, south, points } of [...shapes.land, ...shapes.borders]) {
        assert.ok(west >= 0 && east <= 1 && north >= 0 && south <= 1);
        assert.ok(points.length >= 4);
      }
      assert.ok(shapes.borders.length > 100);
      const [largest] = shapes.labels;
      assert.ok(largest !== undefined && ['Russia', 'Canada', 'Antarctica'].includes(largest.text));
      const named = new Map(shapes.labels.map((label) => [label.text, placeAt(label)]));
      close(named.get('France')?.lat ?? 0, 46.6, 1.5);
      close(named.get('France')?.lng ?? 0, 2.5, 1.5);
    });
  }
});

describe('what was found', () => {
  const bounds = { northeast: { lat: 2, lng: 3 }, southwest: { lat: 1, lng: 2 } };
  const place = { label: 'A', lat: 1.5, lng: 2.5, bounds: { south: 1, west: 2, north: 2, east: 3 } };

  it('is read from each format', () => {
    const geometry = { lat: 1.5, lng: 2.5 };
    const components = { _type: 'city' };
    const json = { results: [{ formatted: 'A', geometry, bounds, confidence: 7, components }] };
    assert.deepEqual(foundInJson(JSON.stringify(json), 'json'), [{ ...place, type: 'city', confidence: 7 }]);
    const feature = {
      geometry: { type: 'Point', coordinates: [2.5, 1.5] },
      properties: { formatted: 'A', bounds, confidence: 7, components },
    };
    assert.deepEqual(foundInJson(JSON.stringify({ features: [feature] }), 'geojson'), [
      { ...place, type: 'city', confidence: 7 },
    ]);
    const google = { formatted_address: 'A', geometry: { location: geometry, bounds }, types: ['locality'] };
    assert.deepEqual(foundInJson(JSON.stringify({ results: [google] }), 'google-v3-json'), [
      { ...place, type: 'locality', confidence: undefined },
    ]);
  });

  it('is nothing where an answer is anything else', () => {
    for (const body of ['', '<x/>', 'null', '[]', '7', '{}', '{"results":7}', '{"results":[null,7,{}]}']) {
      for (const format of ['json', 'geojson', 'google-v3-json'] as const)
        assert.deepEqual(foundInJson(body, format), [], body);
      assert.deepEqual(suggestionsIn(body), []);
    }
    const half = {
      results: [{ formatted: 'A', geometry: { lat: 1 } }, { geometry: { lat: null, lng: '' } }],
    };
    assert.deepEqual(foundInJson(JSON.stringify(half), 'json'), []);
    assert.deepEqual(suggestionsIn('{"results":[{"name":"A"},{"name":"B","formatted":"B, C"}]}'), [
      { name: 'B', formatted: 'B, C', type: undefined },
    ]);
  });
});
