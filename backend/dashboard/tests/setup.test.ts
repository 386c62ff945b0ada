import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGeoJson } from '../src/panels/fences';
import { readExceptions } from '../src/panels/hours';

const ring = [[13, 52], [13.1, 52], [13.1, 52.1], [13, 52]];

test('an import takes polygons, each part of several, and points that have a radius', () => {
  const file = JSON.stringify({
    type: 'FeatureCollection', features: [
      { type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { name: 'Yard', fill: 'red', severity: 'high' } },
      { type: 'Feature', geometry: { type: 'MultiPolygon', coordinates: [[ring], [ring]] }, properties: null },
      { type: 'Feature', geometry: { type: 'Point', coordinates: [13, 52] }, properties: { radiusM: 50 } },
      { type: 'Feature', geometry: { type: 'Point', coordinates: [13, 52] }, properties: {} },
      { type: 'Feature', geometry: { type: 'LineString', coordinates: ring }, properties: {} },
    ],
  });
  const fences = readGeoJson(file, 'sites');
  assert.deepEqual(fences.map(fence => fence.geometry.type), ['Polygon', 'Polygon', 'Polygon', 'Point']);
  assert.deepEqual(fences[0]!.properties, { name: 'Yard', severity: 'high' });
  assert.equal(fences[1]!.properties.name, 'sites 2');
  assert.equal(fences[3]!.properties.radiusM, 50);
});

test('what is no GeoJSON is nothing to import', () => {
  for (const text of ['', '{', '[]', '{"type":"Topology"}', 'null']) assert.deepEqual(readGeoJson(text, 'x'), [], text);
});

test('exceptions of working hours are a date with "off" or two times, and a wrong line is named', () => {
  assert.deepEqual(readExceptions('2026-12-24 off\n\n 2026-12-31 08:00-12:00 '), [{ date: '2026-12-24', from: null, to: null }, { date: '2026-12-31', from: '08:00', to: '12:00' }]);
  assert.throws(() => readExceptions('24.12.2026 off'), /24\.12\.2026 off/);
});
