// The page a supervisor keeps open: alerts or devices on one side, the map on the other, one chosen device in front of it.
import type { App, View } from '../app';
import { h, render } from '../dom';
import type { LiveMap } from '../map/liveMap';
import type { Change } from '../model';
import { renderAlert } from '../panels/alert';
import { renderCard } from '../panels/card';
import { deviceList } from '../panels/deviceList';
import { renderInbox } from '../panels/inbox';
import { renderLegend } from '../panels/legend';
import { href, parse } from '../route';
import { t } from '../texts';

const everything: ReadonlySet<Change> = new Set(['alerts', 'devices', 'fences', 'fixes']);

const patienceMs = 2000; // the map comes also where the lists do not

export const liveView: View = (element, app) => {
  const side = h('section', { class: 'side', 'aria-label': t.inbox.title });
  const ground = h('div', { class: 'ground' });
  const card = h('aside', { class: 'device-card', 'aria-label': t.card.label, hidden: true });
  const corner = h('div', { class: 'corner' });
  render(element, side, h('section', { class: 'map', 'aria-label': t.map.controls }, ground, card, corner));

  let map: LiveMap | null = null;
  let ended = false;
  let chosen: string | null = null;
  let hours = 4;
  let tab: 'alerts' | 'devices' = 'alerts';
  let panel: { update: (changes: ReadonlySet<Change>) => void; dispose?: () => void } | null = null;

  const choose = (id: string | null): void => {
    if (chosen === id) return;
    chosen = id;
    map?.choose(id);
    if (id) void app.model.know(id).catch(() => {});
    drawCard();
  };
  const drawCard = (): void => {
    const dot = chosen ? app.model.dots.get(chosen) : null;
    card.hidden = !dot;
    if (dot) {
      renderCard(card, {
        app, dot, following: map?.isFollowing ?? false, close: () => choose(null),
        follow: () => { map?.follow(!map.isFollowing); drawCard(); },
      });
    }
  };
  const drawCorner = (): void => renderLegend(corner, { hours, change: next => { hours = next; map?.showTracks(hours); drawCorner(); } });

  const showSide = (): void => {
    const route = parse(location.hash);
    panel?.dispose?.();
    side.replaceChildren();
    if (route.id === 'alert' && route.part) {
      panel = renderAlert(side, { app, id: route.part, choose });
      return;
    }
    if (route.id === 'device' && route.part) {
      tab = 'devices';
      choose(route.part);
    }
    const box = h('div', { class: 'side-body' });
    const tabButton = (name: 'alerts' | 'devices', text: string): HTMLElement => h('button', {
      type: 'button', role: 'tab', 'aria-selected': tab === name ? 'true' : 'false', onclick: () => { tab = name; if (location.hash !== href('live')) location.hash = href('live'); else showSide(); },
    }, text);
    render(side, h('div', { class: 'tabs', role: 'tablist' }, tabButton('alerts', t.inbox.title), tabButton('devices', t.inbox.people)), box);
    panel = tab === 'alerts' ? renderInbox(box, { app, choose }) : deviceList(box, { app, choose });
  };

  const unsubscribe = app.model.subscribe(changes => {
    panel?.update(changes);
    map?.update(changes);
    if (changes.has('devices') || changes.has('alerts')) drawCard();
  });
  addEventListener('live-route', showSide);
  showSide();
  drawCorner();
  void drawMap(ground, app).then(made => {
    if (ended) made?.dispose();
    else if (made) {
      map = made;
      map.onChoose = id => choose(id);
      map.onFollowEnds = drawCard;
      map.update(everything);
      if (chosen) map.choose(chosen);
    }
  });

  return () => {
    ended = true;
    unsubscribe();
    removeEventListener('live-route', showSide);
    panel?.dispose?.();
    map?.dispose();
  };
};

// The map's code comes when alerts and devices stand in their lists: they do not wait while it is unpacked.
async function drawMap(element: HTMLElement, app: App): Promise<LiveMap | null> {
  await Promise.race([app.model.ready, new Promise(resolve => setTimeout(resolve, patienceMs))]);
  const [{ canDraw }, { LiveMap }, settings] = await Promise.all([import('../map/chart'), import('../map/liveMap'), app.map]);
  if (canDraw()) return new LiveMap(element, settings, app.model);
  render(element, h('p', { class: 'notice unable' }, t.map.unable));
  return null;
}
