import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hourTicks, scaleEnd } from '../src/charts';
import { circle, distanceM, graticule, nice, unwrap, walked } from '../src/map/geometry';
import { gapMaxS, lengthM, positionAt, speeds } from '../src/playback';

const fix = (time: number, north = 0) => ({ time, latitude: 52 + north / 111_195.08, longitude: 13, accuracyM: 5 });

test('a circle has its radius on the ground, near the pole as at the equator', () => {
  for (const latitude of [0, 52, -70]) {
    for (const corner of circle([13, latitude], 200)) assert.ok(Math.abs(distanceM([13, latitude], corner) - 200) < 1, `${latitude}`);
  }
});

test('a circle\'s ring is closed', () => {
  const ring = circle([13, 52], 50);
  assert.deepEqual(ring[0], ring.at(-1));
});

test('lengths of scales are 1, 2 or 5 times a power of ten', () => {
  assert.deepEqual([0.7, 1, 3, 9.9, 1234].map(nice), [0.5, 1, 2, 5, 1000]);
  assert.deepEqual([0, 3, 20, 51].map(scaleEnd), [1, 5, 20, 100]);
});

test('the graticule names its lines on both sides of the date line', () => {
  const labels = graticule(170, -20, 200, 20, 30).filter(line => line.meridian).map(line => line.label);
  assert.deepEqual(labels, ['170° E', '180° W', '170° W', '160° W']);
});

test('a gap of more than ten minutes is not walked', () => {
  assert.deepEqual(walked([fix(0), fix(60), fix(661), fix(700)]).map(line => line.length), [2, 2]);
});

test('between two fixes the wearer is on the straight line, in a gap at the last fix', () => {
  const fixes = [fix(0), fix(100, 100), fix(100 + gapMaxS + 1, 500)];
  assert.equal(positionAt(fixes, -1), null);
  assert.ok(Math.abs(distanceM([13, 52], [13, positionAt(fixes, 50)!.latitude]) - 50) < 0.01);
  assert.equal(positionAt(fixes, 400)!.latitude, fixes[1]!.latitude);
  assert.equal(positionAt(fixes, 9999)!.latitude, fixes[2]!.latitude);
});

test('speed and distance leave gaps out', () => {
  const fixes = [fix(0), fix(100, 150), fix(2000, 5000)];
  assert.deepEqual(speeds(fixes).map(item => [item.time, Math.round(item.speed * 100) / 100]), [[50, 1.5]]);
  assert.equal(Math.round(lengthM(fixes)), 150);
});

test('ticks stand at the whole hours of the zone', () => {
  const from = Date.UTC(2026, 10, 24, 23, 0, 0) / 1000; // midnight in Berlin
  assert.deepEqual(hourTicks({ from, to: from + 86_400, zone: 'Europe/Berlin' }).map(time => (time - from) / 3600), [0, 3, 6, 9, 12, 15, 18, 21, 24]);
});

test('a line across the antimeridian goes on beyond it, both ways', () => {
  assert.deepEqual(unwrap([[179, 0], [-179, 1], [-178, 2]]).map(point => point[0]), [179, 181, 182]);
  assert.deepEqual(unwrap([[-179, 0], [179, 1], [-179, 2], [-179, 0]]).map(point => point[0]), [-179, -181, -179, -179]);
});

test('a ring around the pole is closed along the pole', () => {
  assert.deepEqual(unwrap([[-90, -70], [0, -71], [90, -70], [179, -72], [-90, -70]]).slice(-4), [[270, -70], [270, -89.9], [-90, -89.9], [-90, -70]]);
});
