// How a device stands, decided from what it last said. The same words as the server's fleet list, so that a dot on the map
// moves from state to state between two loads of that list.
import type { Alert, DeviceState, DeviceStatus } from './api';

/** How long after its own word a device counts as overdue, s: the server's usual grace. */
export const graceS = 120;

const movingWords = new Set(['walking', 'running', 'riding']);

export function stateOf(status: DeviceStatus | null, openAlerts: readonly Alert[], nowS: number): DeviceState {
  if (openAlerts.some(alert => alert.severity === 'critical' || alert.severity === 'high')) return 'alert';
  if (!status || status.heardAt === null) return 'never-heard';
  if (status.nextContactAt !== null && nowS > status.nextContactAt + graceS && !status.connected) return 'overdue';
  if (status.locationHidden) return 'hidden';
  if (status.activity !== null && movingWords.has(status.activity)) return 'moving';
  return status.connected || status.nextContactAt === null ? 'still' : 'planned-silence';
}
