// One map on the page: its ground, its frame of buttons and scale, and the sources panels put their things into.
import * as maplibre from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { MapSettings } from '../api';
import { button, h } from '../dom';
import { t } from '../texts';
import { colours, scheme, type MapColours } from './colours';
import { bounds, graticule, metresPerPixel, nice, type Point } from './geometry';
import { icon } from '../icons';
import { draw, pixelRatio } from './icons';
import { basemap, groundStyle, nothing } from './style';

maplibre.setWorkerUrl(workerUrl);

export type Layers = (colours: MapColours) => { sources: Record<string, maplibre.SourceSpecification>; layers: maplibre.LayerSpecification[] };
const states = ['moving', 'still', 'planned-silence', 'overdue', 'alert'] as const;
const scaleMaxPx = 110;
const againMs = 5000;

/** Whether this browser can draw the map; the page is whole without it. */
export function canDraw(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

export class Chart {
  readonly map: maplibre.Map;
  private readonly data = new Map<string, GeoJSON.GeoJSON>();
  private readonly scale = h('div', { class: 'scale', 'aria-hidden': 'true' });
  private ready = false;
  private disposed = false;
  private readonly restyle = (): void => { this.ready = false; this.map.setStyle(groundStyle(this.settings, colours()), { diff: false }); };

  constructor(readonly element: HTMLElement, private readonly settings: MapSettings, private readonly layers: Layers, private readonly onFit: () => void) {
    element.classList.add('chart');
    this.map = new maplibre.Map({
      container: element, style: groundStyle(settings, colours()), center: [10, 30], zoom: 1.2, maxZoom: 20, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0, maplibreLogo: false,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    const canvas = this.map.getCanvas();
    canvas.setAttribute('aria-label', t.map.canvas);
    canvas.setAttribute('role', 'application');
    element.append(this.frame(), this.scale, h('small', { class: 'attribution' }, settings.attribution ?? (settings.styleUrl || settings.tilesUrl ? '' : t.map.attribution)));
    this.map.on('style.load', () => this.dress());
    this.map.on('move', () => this.measure());
    this.map.on('moveend', () => this.rule());
    this.map.on('idle', () => element.setAttribute('data-drawn', ''));
    this.map.on('resize', () => this.rule());
    scheme.addEventListener('change', this.restyle);
  }

  /** Puts things into a source; kept, so that a change of colours does not lose them. */
  set(source: string, data: GeoJSON.GeoJSON): void {
    this.data.set(source, data);
    if (this.ready) (this.map.getSource(source) as maplibre.GeoJSONSource | undefined)?.setData(data);
  }

  fit(points: readonly Point[], maxZoom = 16, animate = false): void {
    const box = bounds(points);
    if (box) this.map.fitBounds(box, { padding: 60, maxZoom, animate });
  }

  dispose(): void {
    this.disposed = true;
    scheme.removeEventListener('change', this.restyle);
    this.map.remove();
    this.element.replaceChildren();
  }

  private dress(): void {
    const c = colours();
    for (const state of states) if (!this.map.hasImage(state)) this.map.addImage(state, draw(state, c), { pixelRatio });
    const { sources, layers } = this.layers(c);
    for (const [id, source] of Object.entries(sources)) if (!this.map.getSource(id)) this.map.addSource(id, source);
    for (const layer of layers) if (!this.map.getLayer(layer.id)) this.map.addLayer(layer);
    this.ready = true;
    for (const [source, data] of this.data) this.set(source, data);
    void this.ground();
    this.measure();
    this.rule();
  }

  private async ground(): Promise<void> {
    if (this.settings.styleUrl || this.settings.tilesUrl) return;
    const found = await basemap().catch(() => null);
    if (this.disposed) return;
    if (!found) {
      setTimeout(() => { if (!this.disposed) void this.ground(); }, againMs);
      return;
    }
    const { land, borders } = found;
    (this.map.getSource('land') as maplibre.GeoJSONSource | undefined)?.setData(land);
    (this.map.getSource('borders') as maplibre.GeoJSONSource | undefined)?.setData(borders);
  }

  private rule(): void {
    const source = this.map.getSource('graticule') as maplibre.GeoJSONSource | undefined;
    if (!source || this.settings.tilesUrl) return;
    // Half a view beyond each edge, so that no edge of it shows while the map is dragged.
    const view = this.map.getBounds(), width = (view.getEast() - view.getWest()) / 2, height = (view.getNorth() - view.getSouth()) / 2;
    source.setData({
      ...nothing,
      features: graticule(view.getWest() - width, view.getSouth() - height, view.getEast() + width, view.getNorth() + height, view.getEast() - view.getWest()).map(({ line, label }) => (
        { type: 'Feature', properties: { label }, geometry: { type: 'LineString', coordinates: line } })),
    });
  }

  private measure(): void {
    const perPixel = metresPerPixel(this.map.getCenter().lat, this.map.getZoom());
    const lengthM = nice(perPixel * scaleMaxPx);
    this.scale.style.width = `${lengthM / perPixel}px`;
    this.scale.textContent = lengthM >= 1000 ? `${lengthM / 1000} km` : `${lengthM} m`;
  }

  private frame(): HTMLElement {
    return h('div', { class: 'chart-buttons', role: 'group', 'aria-label': t.map.controls },
      button('+', () => this.map.zoomIn(), { 'aria-label': t.map.zoomIn }),
      button('−', () => this.map.zoomOut(), { 'aria-label': t.map.zoomOut }),
      button(icon('whole'), this.onFit, { 'aria-label': t.map.fit, title: t.map.fit }));
  }
}
