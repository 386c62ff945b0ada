import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coordinates, date, distance, duration, isoDate, relative, stamp } from '../src/format';

const noon = Date.UTC(2026, 10, 25, 12, 0, 0) / 1000; // 13:00 in Berlin, where these tests run

test('durations have two units at most', () => {
  assert.deepEqual([0, 59, 60, 3599, 3600, 7800, 90_000].map(duration), ['0 s', '59 s', '1 min', '59 min', '1 h', '2 h 10 min', '1 d 1 h']);
});

test('ages point to the past and to the future', () => {
  assert.equal(relative(noon - 12, noon), '12 s ago');
  assert.equal(relative(noon + 240, noon), 'in 4 min');
  assert.equal(relative(noon, noon), 'now');
});

test('a moment is told in the viewer\'s zone, with its date where that is another', () => {
  assert.equal(stamp(noon, noon), '13:00');
  assert.equal(stamp(noon - 86_400, noon), '24 Nov 2026, 13:00');
});

test('the device\'s time stands beside the viewer\'s where the two differ', () => {
  assert.equal(stamp(noon, noon, 'Europe/London'), '13:00 (12:00 London)');
  assert.equal(stamp(noon, noon, 'Europe/Paris'), '13:00');
  assert.equal(stamp(noon, noon, 'No/Such'), '13:00');
});

test('a day is the zone\'s day, not that of Greenwich', () => {
  const late = Date.UTC(2026, 10, 25, 23, 30, 0) / 1000;
  assert.equal(isoDate(late), '2026-11-26');
  assert.equal(isoDate(late, 'America/New_York'), '2026-11-25');
  assert.equal(date(late), '26 Nov 2026');
});

test('latitude 0 is a place and the southern and western halves are named', () => {
  assert.equal(coordinates(0, 0), '0.00000° N 0.00000° E');
  assert.equal(coordinates(-33.9, -70.65), '33.90000° S 70.65000° W');
});

test('distances change their unit at a kilometre', () => {
  assert.deepEqual([0, 999, 1000, 12_345].map(distance), ['0 m', '999 m', '1.00 km', '12.3 km']);
});
