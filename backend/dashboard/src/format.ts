// Times, ages and amounts as people read them. All pure: the viewer's zone and language come from the browser alone.

const clockFormat = { hour: '2-digit', minute: '2-digit' } as const;

/** 14:03 in the viewer's zone, or in another; with seconds on request. */
export function clock(seconds: number, zone?: string, withSeconds = false): string {
  return new Intl.DateTimeFormat('en-GB', { ...clockFormat, ...(withSeconds ? { second: '2-digit' } : {}), timeZone: zone }).format(seconds * 1000);
}

/** 25 Nov 2026 in the viewer's zone, or in another. */
export function date(seconds: number, zone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: zone }).format(seconds * 1000);
}

/** 2026-11-25 in a zone: what the day view asks the server for. */
export function isoDate(seconds: number, zone?: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone }).formatToParts(seconds * 1000);
  const part = (type: string) => parts.find(item => item.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

export const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A moment in the viewer's zone, the date where it is not today's, and the device's own time beside it where that differs. */
export function stamp(seconds: number, nowS: number, deviceZone?: string | null): string {
  const day = isoDate(seconds) === isoDate(nowS) ? '' : `${date(seconds)}, `;
  const own = `${day}${clock(seconds)}`;
  if (!deviceZone || !validZone(deviceZone) || clock(seconds, deviceZone) === clock(seconds)) return own;
  return `${own} (${clock(seconds, deviceZone)} ${place(deviceZone)})`;
}

const place = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

export function validZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** 12 s, 4 min, 2 h 10 min, 3 d 4 h: two units at most. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return two(Math.floor(s / 3600), 'h', Math.floor(s % 3600 / 60), 'min');
  return two(Math.floor(s / 86_400), 'd', Math.floor(s % 86_400 / 3600), 'h');
}

const two = (a: number, unitA: string, b: number, unitB: string): string => b === 0 ? `${a} ${unitA}` : `${a} ${unitA} ${b} ${unitB}`;

/** 4 min ago, in 4 min, now. */
export function relative(seconds: number, nowS: number): string {
  const past = nowS - seconds;
  if (Math.abs(past) < 1) return 'now';
  return past > 0 ? `${duration(past)} ago` : `in ${duration(-past)}`;
}

export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(metres < 10_000 ? 2 : 1)} km`;
}

export const speed = (metresPerSecond: number): string => `${(metresPerSecond * 3.6).toFixed(1)} km/h`;

/** 52.51630° N 13.37770° E: five decimals are what a device reports (1.1 m). */
export function coordinates(latitude: number, longitude: number): string {
  return `${Math.abs(latitude).toFixed(5)}° ${latitude < 0 ? 'S' : 'N'} ${Math.abs(longitude).toFixed(5)}° ${longitude < 0 ? 'W' : 'E'}`;
}

export const number = (value: number): string => value.toLocaleString('en-GB');
