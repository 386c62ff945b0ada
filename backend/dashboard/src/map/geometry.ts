// Geometry of the map: circles on the ground, nice lengths, the graticule. Degrees in, degrees out, [longitude, latitude].

export const metresPerDegree = 111_195.08; // of a great circle on a sphere of 6 371 008.8 m, as the server's geofences have it
const earthCircumferenceM = 40_075_016.686; // of the map's projection (EPSG:3857)
const worldPx = 512; // width of the world at zoom 0

export type Point = [longitude: number, latitude: number];

/** Metres a pixel stands for at a latitude. */
export function metresPerPixel(latitude: number, zoom: number): number {
  return earthCircumferenceM * Math.cos(latitude * Math.PI / 180) / (worldPx * 2 ** zoom);
}

/** A circle on the ground as a closed ring. */
export function circle([longitude, latitude]: Point, radiusM: number, corners = 64): Point[] {
  const east = metresPerDegree * Math.max(0.01, Math.cos(latitude * Math.PI / 180));
  return Array.from({ length: corners + 1 }, (_, i) => {
    const angle = i % corners / corners * 2 * Math.PI;
    return [longitude + radiusM * Math.sin(angle) / east, latitude + radiusM * Math.cos(angle) / metresPerDegree];
  });
}

/** Distance on the ground, m; haversine. */
export function distanceM([lonA, latA]: Point, [lonB, latB]: Point): number {
  const rad = Math.PI / 180;
  const a = Math.sin((latB - latA) * rad / 2) ** 2 + Math.cos(latA * rad) * Math.cos(latB * rad) * Math.sin((lonB - lonA) * rad / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** The largest of 1, 2, 5 times a power of ten that is not above a value. */
export function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const head = value / power;
  return power * (head >= 5 ? 5 : head >= 2 ? 2 : 1);
}

const steps = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/** Distance of the graticule's lines in degrees, so that about four fit into a view of that width. */
export function graticuleStep(widthDegrees: number): number {
  return steps.find(step => widthDegrees / step >= 3) ?? steps.at(-1)!;
}

/** The graticule's lines across a box, spaced for a view of a width. */
export function graticule(west: number, south: number, east: number, north: number, viewWidth: number): { line: Point[]; label: string; meridian: boolean }[] {
  const step = graticuleStep(Math.min(360, viewWidth));
  const [s, n] = [Math.max(-85, south), Math.min(85, north)];
  const lines: { line: Point[]; label: string; meridian: boolean }[] = [];
  for (let i = Math.ceil(west / step); i <= east / step; i++) lines.push({ line: [[i * step, s], [i * step, n]], label: degrees(wrap(i * step), step, 'E', 'W'), meridian: true });
  for (let i = Math.ceil(s / step); i <= n / step; i++) lines.push({ line: [[west, i * step], [east, i * step]], label: degrees(i * step, step, 'N', 'S'), meridian: false });
  return lines;
}

const wrap = (longitude: number): number => ((longitude + 180) % 360 + 360) % 360 - 180;

function degrees(value: number, step: number, plus: string, minus: string): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const text = Math.abs(value).toFixed(decimals);
  return Number(text) === 0 ? '0°' : `${text}° ${value > 0 ? plus : minus}`;
}

/** Fixes as the lines that were walked: a gap of more than ten minutes is not walked, nobody knows the way in between. */
export function walked<T extends { time: number; latitude: number; longitude: number }>(fixes: readonly T[], gapS = 600): T[][] {
  const lines: T[][] = [];
  for (const fix of fixes) {
    const line = lines.at(-1), last = line?.at(-1);
    if (line && last && fix.time - last.time <= gapS) line.push(fix);
    else lines.push([fix]);
  }
  return lines;
}

/**
 * A line that crosses the antimeridian without the jump from 180 to -180: it goes on beyond. A ring around a pole, which
 * ends a whole turn from where it began, is closed along that pole.
 */
export function unwrap(line: readonly (readonly number[])[]): Point[] {
  let turn = 0;
  const points = line.map(([longitude, latitude], i): Point => {
    const before = line[i - 1]?.[0];
    if (before !== undefined) turn += longitude! - before > 180 ? -360 : longitude! - before < -180 ? 360 : 0;
    return [longitude! + turn, latitude!];
  });
  const [first, last] = [points[0], points.at(-1)];
  const closed = line.length > 3 && line[0]![0] === line.at(-1)![0] && line[0]![1] === line.at(-1)![1];
  if (!closed || !first || !last || first[0] === last[0]) return points;
  const pole = first[1] < 0 ? -89.9 : 89.9;
  return [...points, [last[0], pole], [first[0], pole], first];
}

/** The box around points, or null where there are none. */
export function bounds(points: readonly Point[]): [Point, Point] | null {
  if (points.length === 0) return null;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [longitude, latitude] of points) {
    west = Math.min(west, longitude); east = Math.max(east, longitude);
    south = Math.min(south, latitude); north = Math.max(north, latitude);
  }
  return [[west, south], [east, north]];
}
