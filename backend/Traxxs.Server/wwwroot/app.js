// Sign-in, alert inbox, device list and live updates. All text goes in as textContent; the token lives in this tab only.

import { TrackMap } from '/map.js';

const trackS = 4 * 3600; // how much of a track the map shows
const $ = id => document.getElementById(id);
const state = { alerts: new Map(), devices: new Map(), lastEvent: null, retryMs: 0, socket: null, role: null };
const map = new TrackMap($('map'));

takeTokenFromAddress();
$('sign-in').addEventListener('submit', event => { event.preventDefault(); sessionStorage.setItem('token', $('token').value.trim()); start(); });
$('sign-out').addEventListener('click', () => signOut(''));
$('show-resolved').addEventListener('change', renderAlerts);
document.querySelectorAll('[data-map]').forEach(button => button.addEventListener('click', () =>
  ({ in: () => map.zoom(0.7), out: () => map.zoom(1.4), fit: () => map.fit() })[button.dataset.map]()));
setInterval(() => { renderAlerts(); renderDevices(); }, 15000);
start();

// A ready link: http://…/#token=… . The fragment never leaves the browser, and is gone from the address at once.
function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return;
  sessionStorage.setItem('token', token);
  history.replaceState(null, '', location.pathname);
}

async function start() {
  if (!sessionStorage.getItem('token')) return signOut('');
  try {
    state.role = (await api('/api/v1/me')).role;
    await load();
  } catch (error) {
    return error.status === 401 ? signOut('This token is not valid.') : later();
  }
  $('sign-in').hidden = true;
  $('main').hidden = $('sign-out').hidden = false;
  map.refit();
  connect();
}

function signOut(reason) {
  sessionStorage.removeItem('token');
  state.socket?.close();
  state.socket = null;
  state.lastEvent = null;
  $('main').hidden = $('sign-out').hidden = true;
  $('sign-in').hidden = false;
  $('sign-in-error').textContent = reason;
  $('token').value = '';
  $('token').focus();
}

async function api(path, options = {}) {
  const response = await fetch(path, {
    ...options,
    headers: { Authorization: `Bearer ${sessionStorage.getItem('token')}`, ...(options.body ? { 'Content-Type': 'application/json' } : {}) },
  });
  const body = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw Object.assign(new Error(body?.detail ?? `The server answered ${response.status}.`), { status: response.status });
  return body;
}

async function load() {
  const [devices, alerts, fences] = await Promise.all([api('/api/v1/devices?limit=1000'), api('/api/v1/alerts?limit=200'), api('/api/v1/geofences')]);
  state.devices = new Map(devices.devices.map(item => [item.device.id, item.device]));
  state.alerts = new Map(alerts.alerts.map(alert => [alert.id, alert]));
  map.setFences(fences.features);
  render();
  for (const device of state.devices.values()) {
    if (!device.status?.position) continue;
    const answer = await api(`/api/v1/devices/${device.id}/positions?from=${device.status.position.time - trackS}&limit=10000`);
    map.setTrack(device.id, answer.positions);
  }
}

function connect() {
  const token = sessionStorage.getItem('token');
  if (!token || state.socket) return;
  const address = new URL('/api/v1/live', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  if (state.lastEvent) address.searchParams.set('after', state.lastEvent);
  const socket = new WebSocket(address, ['traxxs.v1', `bearer.${token}`]);
  state.socket = socket;
  socket.onopen = () => { state.retryMs = 0; showLink(true); };
  socket.onmessage = message => take(JSON.parse(message.data));
  socket.onclose = () => {
    if (state.socket !== socket) return;
    state.socket = null;
    showLink(false);
    later();
  };
}

// Waits a little longer each time, and not all pages at once.
function later() {
  state.retryMs = Math.min(20000, (state.retryMs || 500) * 2);
  setTimeout(() => $('main').hidden ? start() : api('/api/v1/me').then(connect, error => error.status === 401 ? signOut('Signed out by the server.') : later()),
    state.retryMs * (0.5 + Math.random() / 2));
}

function take(event) {
  state.lastEvent = event.id;
  switch (event.type) {
    case 'reset': load().catch(later); break;
    case 'alert': case 'notification':
      state.alerts.set(event.data.alert.id, event.data.alert);
      renderSoon();
      break;
    case 'device':
      state.devices.set(event.data.deviceId, { id: event.data.deviceId, ...state.devices.get(event.data.deviceId), status: event.data.status });
      if (event.data.fixes.length) map.add(event.data.deviceId, event.data.fixes, trackS);
      renderSoon();
      break;
    case 'geofences': api('/api/v1/geofences').then(fences => map.setFences(fences.features), () => {}); break;
  }
}

function renderSoon() {
  if (state.waiting) return;
  state.waiting = true;
  setTimeout(() => { state.waiting = false; render(); }, 150);
}

function render() { renderAlerts(); renderDevices(); }

function renderAlerts() {
  const order = { critical: 3, high: 2, warning: 1, info: 0 };
  const open = [...state.alerts.values()].filter(alert => alert.state !== 'resolved');
  const shown = $('show-resolved').checked ? [...state.alerts.values()] : open;
  shown.sort((a, b) => (a.state === 'resolved') - (b.state === 'resolved') || (a.state === 'acknowledged') - (b.state === 'acknowledged')
    || order[b.severity] - order[a.severity] || b.raisedAt - a.raisedAt);
  $('alerts').replaceChildren(...shown.map(alertElement));
  if (shown.length === 0) $('alerts').append(element('li', 'empty', 'No open alerts.'));
  map.setAlarms(new Set(open.filter(alert => alert.severity === 'critical' || alert.severity === 'high').map(alert => alert.deviceId)));
  const waiting = open.filter(alert => alert.state !== 'acknowledged').length;
  $('counts').textContent = `${state.devices.size} devices, ${open.length} open alerts`;
  document.title = waiting ? `(${waiting}) TRAXXs XSole` : 'TRAXXs XSole';
}

function alertElement(alert) {
  const item = element('li', `alert ${alert.severity} ${alert.state}`);
  item.append(element('p', 'summary', alert.summary));
  const when = alert.eventTime ?? alert.raisedAt;
  const late = alert.ageS > 60 ? `, known ${duration(alert.ageS)} later` : '';
  item.append(element('p', 'quiet', `${clock(when)}${late} · ${alert.severity} · ${words(alert)}`));
  if (alert.position) item.append(element('p', 'quiet', `at ${alert.position.latitude}, ${alert.position.longitude} (${clock(alert.position.time)})`));
  if (alert.state === 'resolved' || state.role === 'viewer') return item;
  const actions = element('div', 'actions');
  if (alert.state !== 'acknowledged') actions.append(button('Acknowledge', 'primary', () => act(alert, 'acknowledge')));
  actions.append(button('End', '', () => act(alert, 'resolve')), button('Show', '', () => map.focus(alert.deviceId)));
  item.append(actions);
  return item;
}

function words(alert) {
  if (alert.state === 'resolved') return `ended: ${alert.resolution ?? alert.resolvedBy}`;
  return alert.state === 'acknowledged' ? `${alert.acknowledgedBy} has it` : alert.tier > 0 ? `${alert.state}, escalated to tier ${alert.tier}` : alert.state;
}

async function act(alert, verb) {
  try {
    const changed = await api(`/api/v1/alerts/${alert.id}/${verb}`, { method: 'POST', body: '{}' });
    state.alerts.set(changed.id, changed);
    renderAlerts();
  } catch (error) {
    if (error.status === 401) return signOut('Signed out by the server.');
    window.alert(error.message);
  }
}

function renderDevices() {
  const alarms = new Set([...state.alerts.values()].filter(alert => alert.state !== 'resolved' && alert.severity === 'critical').map(alert => alert.deviceId));
  const items = [...state.devices.values()].sort((a, b) => a.id.localeCompare(b.id)).map(device => {
    const item = element('li', '');
    const status = device.status ?? {};
    const row = button('', `device ${status.connected ? 'connected' : ''} ${alarms.has(device.id) ? 'alarm' : ''}`, () => map.focus(device.id));
    row.append(element('span', 'dot'), element('span', '', device.name ?? device.id), element('span', '', status.battery ? `${status.battery.percent} %` : ''));
    row.append(element('span', 'quiet', [
      device.revoked ? 'revoked' : status.connected ? 'connected' : 'not connected',
      status.activity ?? null,
      status.heardAt ? `heard ${clock(status.heardAt)}` : 'never heard',
      status.backlog?.reports ? `${status.backlog.reports} waiting` : null,
    ].filter(Boolean).join(' · ')));
    item.append(row);
    return item;
  });
  $('devices').replaceChildren(...items);
}

function showLink(on) {
  $('link').textContent = on ? 'live' : 'reconnecting';
  $('link').className = `pill ${on ? 'on' : 'off'}`;
}

function element(name, className, text) {
  const result = document.createElement(name);
  if (className) result.className = className;
  if (text !== undefined) result.textContent = text;
  return result;
}

function button(text, className, click) {
  const result = element('button', className, text);
  result.type = 'button';
  result.addEventListener('click', click);
  return result;
}

function clock(seconds) { return new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' }); }

function duration(seconds) { return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`; }
