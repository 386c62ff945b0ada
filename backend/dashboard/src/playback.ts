// Where somebody was at a moment between two fixes, and how fast. Pure.
import type { Position } from './api';
import { distanceM } from './map/geometry';

/** Beyond this gap nobody knows the way: the position stays at the last fix, s. */
export const gapMaxS = 600;

/** The position at a time: between two fixes on the straight line, in a longer gap at the fix before it; null before the first. */
export function positionAt(fixes: readonly Position[], time: number): Position | null {
  let low = 0, high = fixes.length; // the number of fixes at or before the time
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fixes[middle]!.time <= time) low = middle + 1;
    else high = middle;
  }
  const before = fixes[low - 1], after = fixes[low];
  if (!before) return null;
  if (!after || after.time - before.time > gapMaxS) return before;
  const part = (time - before.time) / (after.time - before.time);
  return {
    time, accuracyM: before.accuracyM,
    latitude: before.latitude + (after.latitude - before.latitude) * part,
    longitude: before.longitude + (after.longitude - before.longitude) * part,
  };
}

/** Speed over the ground between neighbouring fixes, at the middle of each stretch, m/s. */
export function speeds(fixes: readonly Position[]): { time: number; speed: number }[] {
  return fixes.slice(1).flatMap((fix, i) => {
    const before = fixes[i]!, took = fix.time - before.time;
    if (took <= 0 || took > gapMaxS) return [];
    return [{ time: before.time + took / 2, speed: distanceM([before.longitude, before.latitude], [fix.longitude, fix.latitude]) / took }];
  });
}

/** Distance walked, gaps left out, m. */
export function lengthM(fixes: readonly Position[]): number {
  return speeds(fixes).length === 0 ? 0 : fixes.slice(1).reduce((sum, fix, i) => {
    const before = fixes[i]!;
    return fix.time - before.time > gapMaxS ? sum : sum + distanceM([before.longitude, before.latitude], [fix.longitude, fix.latitude]);
  }, 0);
}
