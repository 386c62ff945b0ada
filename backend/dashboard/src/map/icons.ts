// The devices' symbols, drawn once for each state: a shape of its own, so that nobody needs to tell colours apart.
import type { DeviceState } from '../api';
import type { MapColours } from './colours';

const size = 26, ratio = 2;

/** A symbol as pixels, for the map and for the legend. */
export function draw(state: DeviceState, colours: MapColours): ImageData {
  const canvas = new OffscreenCanvas(size * ratio, size * ratio);
  const c = canvas.getContext('2d')!;
  c.scale(ratio, ratio);
  c.translate(size / 2, size / 2);
  c.lineWidth = 2;
  c.lineJoin = 'round';
  c.fillStyle = colours.state[state];
  c.strokeStyle = colours.halo;
  shapes[state](c, colours);
  return c.getImageData(0, 0, size * ratio, size * ratio);
}

export const pixelRatio = ratio;

type Shape = (c: OffscreenCanvasRenderingContext2D, colours: MapColours) => void;

const shapes: Record<DeviceState, Shape> = {
  // An arrow head: under way.
  moving: c => { polygon(c, [[0, -10], [8.5, 8], [0, 4], [-8.5, 8]]); },
  // A full disc: there, and speaking.
  still: c => { disc(c, 7.5); },
  // A ring: silent as it said it would be.
  'planned-silence': (c, colours) => { disc(c, 8); c.fillStyle = colours.halo; c.beginPath(); c.arc(0, 0, 3.6, 0, 7); c.fill(); },
  // A diamond with a question mark: it should have spoken.
  overdue: (c, colours) => { polygon(c, [[0, -11], [11, 0], [0, 11], [-11, 0]]); sign(c, '?', colours); },
  // An octagon with an exclamation mark.
  alert: (c, colours) => {
    polygon(c, Array.from({ length: 8 }, (_, i) => [11 * Math.sin((i + 0.5) * Math.PI / 4), 11 * Math.cos((i + 0.5) * Math.PI / 4)] as const));
    sign(c, '!', colours);
  },
  // Small crosses: nothing to show, kept for the legend and lists.
  'never-heard': c => { cross(c); },
  hidden: c => { cross(c); },
};

function polygon(c: OffscreenCanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  c.beginPath();
  points.forEach(([x, y], i) => { if (i === 0) c.moveTo(x, y); else c.lineTo(x, y); });
  c.closePath();
  c.stroke();
  c.fill();
}

function disc(c: OffscreenCanvasRenderingContext2D, radius: number): void {
  c.beginPath();
  c.arc(0, 0, radius, 0, 2 * Math.PI);
  c.stroke();
  c.fill();
}

function cross(c: OffscreenCanvasRenderingContext2D): void {
  c.strokeStyle = c.fillStyle;
  c.lineWidth = 3;
  c.beginPath();
  c.moveTo(-5, -5); c.lineTo(5, 5); c.moveTo(5, -5); c.lineTo(-5, 5);
  c.stroke();
}

function sign(c: OffscreenCanvasRenderingContext2D, text: string, colours: MapColours): void {
  c.fillStyle = colours.halo;
  c.font = '800 14px system-ui, sans-serif';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText(text, 0, 1);
}
