// What the page knows of the world, kept in step by the live feed. Panels subscribe and are told what kind of thing changed,
// at most ten times a second.
import { api, ApiError, type Alert, type Device, type DeviceState, type DeviceStatus, type Fence, type Position, type User, type Wearer } from './api';
import { stateOf } from './deviceState';
import { waitMs, type FeedEvent } from './feed';
import { nowS, observe } from './serverTime';

export interface Dot {
  id: string;
  name: string | null;
  wearer: string | null;
  state: DeviceState;
  position: Position | null;
  percent: number | null;
  status: DeviceStatus | null;
}

export type Change = 'alerts' | 'devices' | 'fences' | 'fixes' | 'commands' | 'updates';
type Listener = (changes: ReadonlySet<Change>) => void;

const batchMs = 100;
const keptFixesS = 12 * 3600;
const knownMax = 50; // devices asked for one by one after a load

/** Alerts that a device's own sign shows and that sound the alarm. */
export const isGrave = (alert: Alert): boolean => alert.severity === 'critical' || alert.severity === 'high';

/** Open alerts: nobody has them first, then by how grave, then the newest. */
export function urgency(a: Alert, b: Alert): number {
  const grave = { critical: 3, high: 2, warning: 1, info: 0 };
  return Number(a.state === 'resolved') - Number(b.state === 'resolved')
    || Number(a.state === 'acknowledged') - Number(b.state === 'acknowledged')
    || grave[b.severity] - grave[a.severity]
    || b.raisedAt - a.raisedAt;
}

export class Model {
  readonly alerts = new Map<string, Alert>();
  readonly dots = new Map<string, Dot>();
  /** Fixes by device, in order of time: loaded once a track is wanted, then kept growing by the feed. */
  readonly tracks = new Map<string, Position[]>();
  fences: Fence[] = [];
  loaded = false;
  private tellReady: () => void = () => {};
  /** The first load was told to the panels. */
  readonly ready = new Promise<void>(resolve => { this.tellReady = resolve; });
  private users: Promise<User[]> | null = null;
  private wearers: Promise<Wearer[]> | null = null;
  private readonly listeners = new Set<Listener>();
  private changes = new Set<Change>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private waiting: FeedEvent[] | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;
  onNewAlert: (alert: Alert) => void = () => {};

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get open(): Alert[] { return [...this.alerts.values()].filter(alert => alert.state !== 'resolved').sort(urgency); }

  openOf(deviceId: string): Alert[] { return this.open.filter(alert => alert.deviceId === deviceId); }

  nameOf(deviceId: string): string {
    const dot = this.dots.get(deviceId);
    return dot?.wearer ?? dot?.name ?? deviceId;
  }

  /** Who can be told of things; asked for once, and again after a change. */
  people(again = false): Promise<User[]> {
    if (again || !this.users) this.users = api.users().catch(() => []);
    return this.users;
  }

  everyone(again = false): Promise<Wearer[]> {
    if (again || !this.wearers) {
      this.wearers = api.wearers();
      this.wearers.catch(() => { this.wearers = null; });
    }
    return this.wearers;
  }

  /** Reads everything. What the feed tells meanwhile waits, then goes on top: it is the newer. */
  async load(): Promise<void> {
    this.waiting = [];
    try {
      const [dots, alerts, fences] = await Promise.all([loadDots(), api.openAlerts(), api.fences()]);
      // What the server says it saw lies in its past: its clock stands there at least.
      for (const alert of alerts) observe(alert.raisedAt);
      for (const dot of dots) if (dot.status?.heardAt) observe(dot.status.heardAt);
      this.alerts.clear();
      for (const alert of alerts) this.alerts.set(alert.id, alert);
      this.dots.clear();
      for (const dot of dots) this.dots.set(dot.id, dot);
      this.tracks.clear();
      this.fences = fences.features;
      this.loaded = true;
      // The list calls every open alert one; which state is behind a mere warning the device itself says.
      const mild = [...this.dots.values()].filter(dot => dot.state === 'alert' && !this.openOf(dot.id).some(isGrave));
      for (const dot of mild.slice(0, knownMax)) void this.know(dot.id).catch(() => {});
      this.judge();
      this.tell('alerts', 'devices', 'fences', 'fixes');
    } finally {
      const waiting = this.waiting ?? [];
      this.waiting = null;
      for (const event of waiting) this.take(event);
    }
  }

  // A reading that fails is tried again: what is shown may be old, and no later event says so. Who was signed out reads nothing more.
  private loadUntilRead(attempt = 0): void {
    clearTimeout(this.again);
    this.load().catch((error: unknown) => {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return;
      this.again = setTimeout(() => this.loadUntilRead(attempt + 1), waitMs(attempt, Math.random()));
    });
  }

  take(event: FeedEvent): void {
    if (event.time !== undefined) observe(event.time);
    if (this.waiting) {
      this.waiting.push(event);
      return;
    }

    switch (event.type) {
      case 'reset': this.loadUntilRead(); break;
      case 'alert':
      case 'notification': this.takeAlert((event.data as { alert: Alert }).alert); break;
      case 'device': this.takeDevice(event.data as { deviceId: string; status: DeviceStatus; fixes?: Position[] }); break;
      case 'command': this.tell('commands'); break;
      case 'update': this.tell('updates'); break;
      case 'geofences': void api.fences().then(fences => { this.fences = fences.features; this.tell('fences'); }, () => {}); break;
    }
  }

  takeAlert(alert: Alert): void {
    const known = this.alerts.get(alert.id);
    this.alerts.set(alert.id, alert);
    if (!known && alert.state !== 'resolved' && alert.state !== 'acknowledged') this.onNewAlert(alert);
    const dot = this.dots.get(alert.deviceId);
    if (dot) {
      if (alert.wearer) dot.wearer = alert.wearer.name;
      judge(dot, this.openOf(dot.id), nowS());
    }
    this.tell('alerts', 'devices');
  }

  /** How a device of the fleet list stands in full, where the feed has not told yet. */
  async know(id: string): Promise<void> {
    if (this.dots.get(id)?.status) return;
    const { device } = await api.device(id);
    if (device.status) this.takeDevice({ deviceId: id, status: device.status });
    const dot = this.dots.get(id);
    if (dot) dot.name = device.name;
  }

  /** A device's track from a time on: what is stored, then what the feed brings. */
  async track(deviceId: string, fromS: number): Promise<Position[]> {
    const known = this.tracks.get(deviceId);
    if (known) return known;
    const positions = await api.positions(deviceId, Math.floor(fromS)).catch((error: unknown) => {
      if (error instanceof ApiError) return [];
      throw error;
    });
    const live = this.tracks.get(deviceId) ?? [];
    this.tracks.set(deviceId, merge(positions, live));
    this.tell('fixes');
    return this.tracks.get(deviceId) ?? [];
  }

  /** Time alone makes devices overdue. */
  judge(): void {
    let changed = false;
    const now = nowS(), open = Map.groupBy(this.open, alert => alert.deviceId);
    for (const dot of this.dots.values()) changed = judge(dot, open.get(dot.id) ?? [], now) || changed;
    if (changed) this.tell('devices');
  }

  private takeDevice(data: { deviceId: string; status: DeviceStatus; fixes?: Position[] }): void {
    const dot = this.dots.get(data.deviceId) ?? { id: data.deviceId, name: null, wearer: null, state: 'never-heard', position: null, percent: null, status: null };
    dot.status = data.status;
    dot.position = data.status.locationHidden ? null : data.status.position ?? dot.position;
    dot.percent = data.status.battery?.percent ?? dot.percent;
    this.dots.set(dot.id, dot);
    judge(dot, this.openOf(dot.id), nowS());
    if (data.status.locationHidden) this.tracks.delete(dot.id);
    const track = this.tracks.get(dot.id);
    if (track && data.fixes && data.fixes.length > 0) {
      this.tracks.set(dot.id, merge(track, data.fixes).filter(fix => fix.time > nowS() - keptFixesS || track.length < 100));
      this.tell('fixes');
    }
    this.tell('devices');
  }

  private tell(...changes: Change[]): void {
    for (const change of changes) this.changes.add(change);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const told = this.changes;
      this.changes = new Set();
      for (const listener of this.listeners) listener(told);
      if (this.loaded) this.tellReady();
    }, batchMs);
  }
}

export { nowS } from './serverTime';

// A dot of the fleet list that the feed has not told of yet keeps the server's word, but for alerts.
function judge(dot: Dot, open: readonly Alert[], now: number): boolean {
  const alarmed = open.some(isGrave);
  const state = dot.status ? stateOf(dot.status, open, now) : alarmed ? 'alert' : dot.state === 'alert' ? 'still' : dot.state;
  if (state === dot.state) return false;
  dot.state = state;
  return true;
}

/** Two lists of fixes as one, by time, each time once. */
export function merge(a: readonly Position[], b: readonly Position[]): Position[] {
  const byTime = new Map<number, Position>();
  for (const fix of a) byTime.set(fix.time, fix);
  for (const fix of b) byTime.set(fix.time, fix);
  return [...byTime.values()].sort((x, y) => x.time - y.time);
}

// The compact fleet list where the server has it; the device list where it is small or older.
async function loadDots(): Promise<Dot[]> {
  try {
    const fleet = await api.fleet();
    return fleet.devices.map(([id, latitude, longitude, state, fixTime, accuracyM, percent, , wearer]) => ({
      id, name: null, wearer, state, percent, status: null,
      position: latitude === null || longitude === null ? null : { latitude, longitude, time: fixTime ?? 0, accuracyM },
    }));
  } catch (error) {
    if (!(error instanceof ApiError) || !error.missing) throw error;
  }

  const devices = await api.devices(10_000);
  return devices.filter(item => !item.device.revoked).map(({ device }) => dotOf(device));
}

function dotOf(device: Device): Dot {
  return {
    id: device.id, name: device.name, wearer: device.wearer?.name ?? null, state: stateOf(device.status, [], nowS()),
    position: device.status?.position ?? null, percent: device.status?.battery?.percent ?? null, status: device.status,
  };
}
