// The live map: everybody's newest place, tracks of the last hours, accuracy, fences; follows one wearer on request.
import type { GeoJSONSource, MapMouseEvent } from 'maplibre-gl';
import type { Fence, MapSettings } from '../api';
import { nowS, type Change, type Dot, type Model } from '../model';
import { Chart } from './chart';
import { circle, walked, type Point } from './geometry';
import { liveLayers } from './liveLayers';

/** Up to how many devices in view get their tracks without being chosen. */
const tracksMax = 40;

export class LiveMap {
  private readonly chart: Chart;
  private fitted = false;
  private following = false;
  private chosen: string | null = null;
  private hours = 4;
  onChoose: (id: string) => void = () => {};
  onFollowEnds: () => void = () => {};

  constructor(element: HTMLElement, settings: MapSettings, private readonly model: Model) {
    this.chart = new Chart(element, settings, liveLayers, () => { this.follow(false); this.fitAll(true); });
    const map = this.chart.map;
    for (const layer of ['dot', 'alarm']) {
      map.on('click', layer, event => { const id = idOf(event); if (id) this.onChoose(id); });
      map.on('mouseenter', layer, () => { map.getCanvas().style.cursor = 'pointer'; });
      map.on('mouseleave', layer, () => { map.getCanvas().style.cursor = ''; });
    }
    map.on('click', 'crowd', event => void this.open(event));
    map.on('dragstart', () => this.follow(false));
    map.on('moveend', () => this.fetchTracks());
  }

  get isFollowing(): boolean { return this.following; }

  resize(): void { this.chart.map.resize(); }

  update(changes: ReadonlySet<Change>): void {
    if (changes.has('fences')) this.chart.set('fences', collection(this.model.fences.map(fenceFeature)));
    if (changes.has('devices')) this.drawDots();
    if (changes.has('fixes') || changes.has('devices')) this.drawTracks();
    if (!this.fitted && this.model.loaded) this.fitAll(false);
    if (this.following) this.centre();
  }

  choose(id: string | null): void {
    this.chosen = id;
    this.drawDots();
    this.drawTracks();
    if (id) {
      this.fetchTracks();
      this.centre();
    } else this.follow(false);
  }

  follow(on: boolean): void {
    if (this.following === on) return;
    this.following = on;
    if (on) this.centre();
    else this.onFollowEnds();
  }

  showTracks(hours: number): void {
    this.hours = hours;
    this.fetchTracks();
    this.drawTracks();
  }

  dispose(): void { this.chart.dispose(); }

  private fitAll(animate: boolean): void {
    const points: Point[] = [...this.model.dots.values()].flatMap(dot => dot.position ? [[dot.position.longitude, dot.position.latitude] as Point] : []);
    for (const fence of this.model.fences) points.push(...outline(fence));
    if (points.length === 0) return;
    this.fitted = true;
    this.chart.fit(points, 16, animate);
  }

  private centre(): void {
    const position = this.chosen ? this.model.dots.get(this.chosen)?.position : null;
    if (position) this.chart.map.easeTo({ center: [position.longitude, position.latitude], zoom: Math.max(15, this.chart.map.getZoom()), duration: 300 });
  }

  private async open(event: MapMouseEvent & { features?: { properties: Record<string, unknown>; geometry: GeoJSON.Geometry }[] }): Promise<void> {
    const crowd = event.features?.[0];
    if (crowd?.geometry.type !== 'Point') return;
    const zoom = await (this.chart.map.getSource('dots') as GeoJSONSource).getClusterExpansionZoom(Number(crowd.properties.cluster_id));
    this.chart.map.easeTo({ center: crowd.geometry.coordinates as Point, zoom });
  }

  private drawDots(): void {
    const placed = [...this.model.dots.values()].filter(dot => dot.position !== null);
    this.chart.set('dots', collection(placed.filter(dot => dot.state !== 'alert').map(feature)));
    this.chart.set('alarmed', collection(placed.filter(dot => dot.state === 'alert').map(feature)));
    this.chart.set('chosen', collection(placed.filter(dot => dot.id === this.chosen).map(feature)));
    if (placed.length > 0) void this.chart.map.once('idle').then(() => this.chart.element.setAttribute('data-devices', String(placed.length)));
  }

  private drawTracks(): void {
    const from = nowS() - this.hours * 3600;
    const lines: GeoJSON.Feature[] = [];
    for (const [id, fixes] of this.model.tracks) {
      const dot = this.model.dots.get(id);
      if (!dot?.position || (this.hours === 0 && id !== this.chosen)) continue;
      for (const line of walked(fixes.filter(fix => fix.time >= from || id === this.chosen))) {
        if (line.length < 2) continue;
        lines.push({ type: 'Feature', properties: { state: dot.state, chosen: id === this.chosen }, geometry: { type: 'LineString', coordinates: line.map(fix => [fix.longitude, fix.latitude]) } });
      }
    }
    this.chart.set('tracks', collection(lines));
  }

  // Tracks are read for who is chosen, who has an alert, and everyone in view where that is a handful.
  private fetchTracks(): void {
    const view = this.chart.map.getBounds();
    const wanted = new Set<string>();
    const seen: string[] = [];
    for (const dot of this.model.dots.values()) {
      if (!dot.position) continue;
      if (dot.id === this.chosen || dot.state === 'alert') wanted.add(dot.id);
      else if (view.contains([dot.position.longitude, dot.position.latitude])) seen.push(dot.id);
    }
    if (this.hours > 0 && seen.length <= tracksMax) for (const id of seen) wanted.add(id);
    for (const id of [...wanted].slice(0, 2 * tracksMax)) {
      const last = this.model.dots.get(id)?.position?.time ?? nowS();
      void this.model.track(id, last - 8 * 3600).catch(() => {});
    }
  }
}

const idOf = (event: { features?: { properties: Record<string, unknown> }[] }): string | null => {
  const id = event.features?.[0]?.properties.id;
  return typeof id === 'string' ? id : null;
};

export const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features });

function feature(dot: Dot): GeoJSON.Feature {
  const { latitude, longitude, accuracyM } = dot.position!;
  return {
    type: 'Feature',
    properties: { id: dot.id, state: dot.state, label: dot.wearer ?? dot.name ?? dot.id, spread: (accuracyM ?? 0) / Math.max(0.01, Math.cos(latitude * Math.PI / 180)) },
    geometry: { type: 'Point', coordinates: [longitude, latitude] },
  };
}

/** A fence as a polygon on the map. */
export function fenceFeature(fence: Fence): GeoJSON.Feature {
  const geometry: GeoJSON.Geometry = fence.geometry.type === 'Polygon' ? fence.geometry : { type: 'Polygon', coordinates: [outline(fence)] };
  return { type: 'Feature', properties: { id: fence.id, name: fence.properties.name }, geometry };
}

export function outline(fence: Fence): Point[] {
  return fence.geometry.type === 'Polygon' ? fence.geometry.coordinates[0] ?? [] : circle(fence.geometry.coordinates, fence.properties.radiusM ?? 100);
}
