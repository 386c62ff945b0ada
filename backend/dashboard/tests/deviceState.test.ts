import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert, DeviceStatus } from '../src/api';
import { graceS, stateOf } from '../src/deviceState';

const status = (changes: Partial<DeviceStatus> = {}): DeviceStatus => ({
  connected: false, heardAt: 1000, nextContactAt: 2000, battery: null, activity: 'still', stepsTotal: null, backlog: null, position: null, ...changes,
});
const alert = (severity: Alert['severity']): Alert => ({ severity } as Alert);

test('a device that was never heard says so', () => {
  assert.equal(stateOf(null, [], 0), 'never-heard');
  assert.equal(stateOf(status({ heardAt: null }), [], 0), 'never-heard');
});

test('silence is planned until the device\'s own word and the grace have passed', () => {
  assert.equal(stateOf(status(), [], 1500), 'planned-silence');
  assert.equal(stateOf(status(), [], 2000 + graceS), 'planned-silence');
  assert.equal(stateOf(status(), [], 2001 + graceS), 'overdue');
});

test('whoever is connected is not overdue', () => {
  assert.equal(stateOf(status({ connected: true }), [], 9999), 'still');
});

test('walking, running and riding are moving', () => {
  assert.deepEqual(['walking', 'running', 'riding', 'fidgeting'].map(activity => stateOf(status({ activity }), [], 1500)), ['moving', 'moving', 'moving', 'planned-silence']);
});

test('a grave alert comes before everything, a warning does not', () => {
  assert.equal(stateOf(status(), [alert('critical')], 9999), 'alert');
  assert.equal(stateOf(status(), [alert('warning')], 1500), 'planned-silence');
});
