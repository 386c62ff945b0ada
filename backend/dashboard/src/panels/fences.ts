import { api, type Fence, type FenceProperties, type Severity } from '../api';
import { attempt, explain, toast, type App } from '../app';
import { button, dialog, field, h, render, select, table } from '../dom';
import type { Draft, FenceMap } from '../map/fenceMap';
import type { Dot } from '../model';
import { severities } from '../severities';
import { t } from '../texts';
import { hoursForm } from './hours';

const dotsMax = 5000; // for orientation, not for counting

/** Zones: a map to draw on, the list, import. Gives what ends it. */
export function renderFences(element: HTMLElement, data: { app: App }): () => void {
  const { app } = data;
  const ground = h('div', { class: 'day-map' }), form = h('div', {}), list = h('div', {});
  const file = h('input', { type: 'file', accept: '.json,.geojson,application/geo+json,application/json', class: 'sr', 'aria-label': t.fences.import, onchange: () => void take() });
  let map: FenceMap | null = null, ended = false;

  const show = (): void => {
    map?.setFences(app.model.fences);
    render(list, table(t.fences.title, [
      { head: t.fences.name, cell: fence => button(fence.properties.name, () => map?.look(fence), { class: 'link' }) },
      { head: t.fences.on, cell: fence => events(fence.properties).map(event => t.fences[event]).join(', ') },
      { head: t.fences.severity, cell: fence => t.severity[fence.properties.severity ?? 'warning'] },
      { head: t.fences.devices, cell: fence => fence.properties.devices?.join(', ') ?? t.list.all },
      { head: '', cell: fence => h('div', { class: 'row' }, button(t.edit, () => edit(fence), { 'aria-label': `${t.edit}: ${fence.properties.name}` }), button(t.remove, () => void remove(fence), { 'aria-label': `${t.remove}: ${fence.properties.name}` })) },
    ], app.model.fences, t.fences.empty));
  };
  const dots = (): Dot[] => [...app.model.dots.values()].slice(0, dotsMax);
  const refresh = async (): Promise<void> => {
    app.model.fences = (await api.fences()).features;
    show();
  };
  const begin = (kind: Draft['kind']): void => {
    const draft: Draft = kind === 'circle' ? { kind, centre: null, radiusM: null } : { kind, corners: [], closed: false };
    edit(null, draft);
  };
  const end = (): void => { map?.setDraft(null); form.replaceChildren(); };
  const edit = (fence: Fence | null, draft?: Draft): void => {
    const drawn = draft ?? draftOf(fence!);
    map?.setDraft(drawn);
    fenceForm(form, app, fence, drawn, {
      redraw: changed => map?.setDraft(changed),
      cancel: end,
      save: async body => {
        const done = await attempt(() => fence?.id ? api.replaceFence(fence.id, body) : api.addFence(body), t.saved);
        if (done) {
          end();
          await refresh();
        }
      },
    }, changed => { if (map) map.onDraft = changed; });
  };
  const remove = async (fence: Fence): Promise<void> => {
    if (!await dialog(t.fences.removeAsk(fence.properties.name), [], t.remove, true)) return;
    if (await attempt(() => api.removeFence(fence.id!))) await refresh();
  };
  const take = async (): Promise<void> => {
    const chosen = file.files?.[0];
    file.value = '';
    if (!chosen) return;
    const fences = readGeoJson(await chosen.text(), chosen.name.replace(/\.\w+$/, ''));
    if (fences.length === 0) {
      toast(t.fences.importBad, true);
      return;
    }
    let added = 0;
    try {
      for (const fence of fences) {
        await api.addFence(fence);
        added++;
      }
      toast(t.fences.imported(added));
    } catch (error) {
      toast(t.fences.partly(added, explain(error)), true);
    }
    await refresh();
  };

  render(element, h('div', { class: 'row' },
    button(`◯ ${t.fences.circle}`, () => begin('circle')), button(`⬠ ${t.fences.polygon}`, () => begin('polygon')),
    button(t.fences.import, () => file.click()), file), h('div', { class: 'draw' }, ground, form), list);
  show();
  void Promise.all([import('../map/chart'), import('../map/fenceMap'), app.map]).then(([{ canDraw }, { FenceMap }, settings]) => {
    if (ended) return;
    if (canDraw()) {
      map = new FenceMap(ground, settings);
      map.setFences(app.model.fences);
      map.setDots(dots());
    } else render(ground, h('p', { class: 'notice unable' }, t.map.unable));
  }).catch((error: unknown) => toast(t.failed(String(error)), true));
  const unsubscribe = app.model.subscribe(changes => {
    if (changes.has('fences')) show();
    if (changes.has('devices')) map?.setDots(dots());
  });
  return () => { ended = true; unsubscribe(); map?.dispose(); };
}

const events = (properties: FenceProperties): ('enter' | 'leave' | 'dwell')[] => properties.on ?? properties.alertOn ?? ['leave'];

function draftOf(fence: Fence): Draft {
  return fence.geometry.type === 'Point'
    ? { kind: 'circle', centre: fence.geometry.coordinates, radiusM: fence.properties.radiusM ?? null }
    : { kind: 'polygon', corners: (fence.geometry.coordinates[0] ?? []).slice(0, -1), closed: true };
}

interface FormHooks { redraw: (draft: Draft) => void; cancel: () => void; save: (fence: Fence) => Promise<void> }

function fenceForm(element: HTMLElement, app: App, fence: Fence | null, draft: Draft, hooks: FormHooks, onDraft: (changed: (draft: Draft) => void) => void): void {
  const known = fence?.properties;
  const name = h('input', { required: true, maxlength: 100, value: known?.name ?? '' });
  const on = (['enter', 'leave', 'dwell'] as const).map(event => ({ event, box: h('input', { type: 'checkbox', checked: known ? events(known).includes(event) : event === 'leave' }) }));
  const dwell = h('input', { type: 'number', min: 1, max: 10_000, value: known?.dwellS ? Math.round(known.dwellS / 60) : 10 });
  const margin = h('input', { type: 'number', min: 0, max: 1000, value: known?.hysteresisM ?? '', placeholder: '10' });
  const severity = select(severities.map(value => [value, t.severity[value]] as const), known?.severity ?? 'warning');
  const devices = h('input', { value: known?.devices?.join(', ') ?? '', spellcheck: 'false' });
  const centre = h('input', { spellcheck: 'false', placeholder: '52.51630, 13.37770' }), radius = h('input', { type: 'number', min: 5, max: 100_000 });
  const corners = h('p', { class: 'quiet', role: 'status' }), problem = h('p', { class: 'problem', role: 'alert' });
  const scheduleBox = h('div', {});
  const schedule = hoursForm(scheduleBox, { hours: known?.schedule ?? null, zone: app.zone, always: t.fences.always, enabled: true });

  const follow = (changed: Draft): void => {
    if (changed.kind === 'circle') {
      centre.value = changed.centre ? `${changed.centre[1].toFixed(5)}, ${changed.centre[0].toFixed(5)}` : '';
      radius.value = changed.radiusM ? String(changed.radiusM) : '';
    } else corners.textContent = t.fences.corners(changed.corners.length) + (changed.closed ? ' ✓' : '');
  };
  const typed = (): void => {
    const place = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(centre.value);
    if (draft.kind !== 'circle' || !place) return;
    draft.centre = [Number(place[2]), Number(place[1])];
    draft.radiusM = Number(radius.value) || null;
    hooks.redraw(draft);
  };
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { geometryOf } = await import('../map/fenceMap');
    const shape = geometryOf(draft);
    if (!shape) {
      problem.textContent = t.fences.drawFirst;
      return;
    }
    const chosen = on.filter(item => item.box.checked).map(item => item.event);
    const only = devices.value.split(',').map(id => id.trim()).filter(id => id !== '');
    const hours = schedule.read();
    await hooks.save({
      type: 'Feature', geometry: shape.geometry, properties: {
        name: name.value.trim(), on: chosen, severity: severity.value as Severity,
        ...(shape.radiusM ? { radiusM: shape.radiusM } : {}), ...(only.length > 0 ? { devices: only } : {}),
        ...(chosen.includes('dwell') ? { dwellS: Number(dwell.value) * 60 } : {}), ...(margin.value ? { hysteresisM: Number(margin.value) } : {}), ...(hours ? { schedule: hours } : {}),
      },
    });
  };
  onDraft(follow);
  follow(draft);
  centre.addEventListener('change', typed);
  radius.addEventListener('change', typed);
  render(element, h('form', { class: 'panel', onsubmit: event => void send(event).catch((error: unknown) => { problem.textContent = explain(error); }) },
    h('p', { class: 'notice' }, draft.kind === 'circle' ? t.fences.hintCircle : t.fences.hintPolygon),
    field(t.fences.name, name),
    draft.kind === 'circle' ? [field(t.fences.centre, centre), field(t.fences.radius, radius)] : corners,
    h('fieldset', {}, h('legend', {}, t.fences.alertOn), on.map(({ event, box }) => h('label', { class: 'inline' }, box, ' ', t.fences[event]))),
    field(t.fences.dwellS, dwell), field(t.fences.severity, severity), field(t.fences.hysteresis, margin), field(t.fences.devices, devices, t.fences.devicesHint),
    h('details', {}, h('summary', {}, t.fences.when), scheduleBox),
    problem, h('div', { class: 'row' }, h('button', { type: 'submit', class: 'primary' }, t.fences.save), button(t.cancel, hooks.cancel))));
  name.focus({ preventScroll: true });
}

/** The polygons, and points with a radius, of a GeoJSON text; those without a name get the file's. */
export function readGeoJson(text: string, fallback: string): Fence[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const features = isObject(json) && json.type === 'FeatureCollection' && Array.isArray(json.features) ? json.features : [json];
  const found: Fence[] = [];
  for (const feature of features as unknown[]) {
    if (!isObject(feature) || feature.type !== 'Feature' || !isObject(feature.geometry)) continue;
    const geometry = feature.geometry as unknown as { type: string; coordinates: unknown };
    const properties = (isObject(feature.properties) ? feature.properties : {}) as Partial<FenceProperties>;
    const kept = pickProperties(properties, `${fallback} ${found.length + 1}`);
    if (geometry.type === 'Polygon') found.push({ type: 'Feature', geometry: geometry as Fence['geometry'], properties: kept });
    else if (geometry.type === 'MultiPolygon') for (const coordinates of geometry.coordinates as [number, number][][][]) found.push({ type: 'Feature', geometry: { type: 'Polygon', coordinates }, properties: kept });
    else if (geometry.type === 'Point' && typeof properties.radiusM === 'number') found.push({ type: 'Feature', geometry: geometry as Fence['geometry'], properties: { ...kept, radiusM: properties.radiusM } });
  }
  return found;
}

// What a file says of colours and the like is not ours to keep.
function pickProperties(properties: Partial<FenceProperties>, fallback: string): FenceProperties {
  const kept: FenceProperties = { name: typeof properties.name === 'string' && properties.name.trim() !== '' ? properties.name.slice(0, 100) : fallback };
  for (const key of ['alertOn', 'on', 'severity', 'devices', 'dwellS', 'hysteresisM', 'schedule'] as const) if (properties[key] !== undefined) Object.assign(kept, { [key]: properties[key] });
  return kept;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
