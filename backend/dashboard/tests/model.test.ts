import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert } from '../src/api';
import { waitMs } from '../src/feed';
import { merge, urgency } from '../src/model';
import { href, parse } from '../src/route';

const alert = (id: string, severity: Alert['severity'], state: Alert['state'], raisedAt: number): Alert => ({ id, severity, state, raisedAt } as Alert);

test('what nobody has comes first, then the gravest, then the newest', () => {
  const sorted = [alert('taken', 'critical', 'acknowledged', 9), alert('old', 'high', 'notified', 1), alert('new', 'high', 'raised', 2), alert('grave', 'critical', 'raised', 0), alert('over', 'critical', 'resolved', 9)].sort(urgency);
  assert.deepEqual(sorted.map(item => item.id), ['grave', 'new', 'old', 'taken', 'over']);
});

test('fixes that come twice or out of order make one track', () => {
  const fix = (time: number) => ({ time, latitude: 0, longitude: 0, accuracyM: null });
  assert.deepEqual(merge([fix(1), fix(3)], [fix(2), fix(3)]).map(item => item.time), [1, 2, 3]);
});

test('the feed waits longer each time, within bounds, and not all pages at once', () => {
  assert.deepEqual([0, 1, 2, 20].map(attempt => waitMs(attempt, 1)), [500, 1000, 2000, 15_000]);
  assert.equal(waitMs(0, 0), 250);
});

test('addresses of the page survive what ids may hold', () => {
  assert.deepEqual(parse(href('live', 'alert', 'a/b c')), { view: 'live', id: 'alert', part: 'a/b c' });
  assert.deepEqual(parse(''), { view: 'live', id: null, part: null });
  assert.deepEqual(parse('#/devices/%'), { view: 'devices', id: '%', part: null });
});
