// Every request the page makes, and the shape of every answer. Times are seconds since 1970 UTC.
import { observe } from './serverTime';

export type Role = 'viewer' | 'responder' | 'supervisor' | 'admin' | 'operator';
export type Severity = 'info' | 'warning' | 'high' | 'critical';
export type DeviceState = 'moving' | 'still' | 'planned-silence' | 'overdue' | 'alert' | 'never-heard' | 'hidden';

export interface Me {
  kind?: 'user' | 'key' | 'operator';
  id?: string;
  name: string;
  email?: string | null;
  role: Role;
  organisation?: { id: string; name: string; timeZone?: string | null };
  wearerId?: string | null;
}

export interface Position { time: number; latitude: number; longitude: number; accuracyM: number | null }

export interface DeviceStatus {
  connected: boolean;
  heardAt: number | null;
  nextContactAt: number | null;
  battery: { millivolts: number; percent: number; charging: boolean } | null;
  activity: string | null;
  stepsTotal: number | null;
  backlog: { reports: number; oldestAgeS: number } | null;
  position: Position | null;
  locationHidden?: string | null;
  firmware?: string | null;
}

export interface Named { id: string; name: string }

export interface Device {
  id: string;
  name: string | null;
  provisioned: boolean;
  revoked: boolean;
  wearer?: Named | null;
  status: DeviceStatus | null;
}

export interface DeviceDetail {
  device: Device;
  provisionedAt: number | null;
  contract: { dueAt: number | null; heardAt: number | null; missedAlert: string | null } | null;
  firmware?: Told<{ version: string | null }> | null;
  selfTest?: Told<number> | null;
  update?: Update | null;
}

/** The last firmware update a device was offered. */
export interface Update {
  version: string; state: string; size: number; progress: number; reason: string | null; at: number; by: string; expiresAt: number; toldAt: number | null; endedAt: number | null;
}
export interface FirmwareImage { version: string; size: number; sha256: string; uploadedAt: number; uploadedBy: string; taking: number }

/** What a device told, and when. */
export interface Told<T> { at: number; value: T }

export interface Alert {
  id: string;
  deviceId: string;
  org?: string;
  wearer?: Named | null;
  rule: string;
  severity: Severity;
  state: 'raised' | 'notified' | 'acknowledged' | 'resolved';
  summary: string;
  raisedAt: number;
  eventTime: number | null;
  ageS: number | null;
  position: Position | null;
  notifiedAt: number | null;
  acknowledgedAt: number | null;
  acknowledgedBy: string | null;
  resolvedAt: number | null;
  resolvedBy: string | null;
  resolution: string | null;
  assignee: string | null;
  geofenceId: string | null;
  assigneeName?: string | null;
  escalation: { policyId: string | null; tier: number; nextAt: number | null } | null;
  wearerFeedback?: 'none' | 'received' | 'acknowledged';
}

export interface Comment { time: number; who: string; text: string }
export interface AuditEntry { id: number; time: number; who: string; action: string; subject: string; details: string | null }
export interface Delivery {
  id: number; channel: string; kind: string; alertId: string | null; deviceId: string | null; state: string;
  attempts: number; createdAt: number; dueAt: number | null; finishedAt: number | null; lastError: string | null;
}
export interface AlertDetail { alert: Alert; comments: Comment[]; history: AuditEntry[]; deliveries: Delivery[] }

export type FenceGeometry = { type: 'Point'; coordinates: [number, number] } | { type: 'Polygon'; coordinates: [number, number][][] };
export interface FenceProperties {
  name: string;
  radiusM?: number;
  alertOn?: ('enter' | 'leave')[];
  on?: ('enter' | 'leave' | 'dwell')[];
  severity?: Severity;
  devices?: string[];
  dwellS?: number;
  hysteresisM?: number;
  schedule?: WorkingHours | null;
  version?: number;
}
export interface Fence { type: 'Feature'; id?: string; geometry: FenceGeometry; properties: FenceProperties }

export interface WorkingHours {
  timeZone: string;
  week: { day: string; from: string; to: string }[];
  exceptions: { date: string; from: string | null; to: string | null }[];
}
export interface Wearer {
  id: string; name: string; phone: string | null; deviceId: string | null; consent: boolean; consentAt: number | null; consentWithdrawnAt: number | null;
  workingHours: WorkingHours | null; timeZone: string | null; policy: string | null; erasedAt: number | null; erasure?: { askedAt: number; askedBy: string; doneAt: number | null } | null;
}
export interface Assignment { deviceId: string; wearerId?: string; from: number; to: number | null }
export interface User {
  id: string; name: string; email: string | null; role: Role; phone: string | null; wearerId: string | null; hasPassword: boolean; createdAt: number;
  disabledAt: number | null; lockedUntil: number | null; link?: string;
}
export interface Token { id: string; name: string; role: string; createdAt: number; expiresAt: number | null; revokedAt: number | null }
export interface SignInRecord { id: string; createdAt: number; seenAt: number; client: string | null; current?: boolean }
export interface Organisation { id: string; name: string; timeZone: string | null; retentionDays: number | null; alertRetentionDays: number | null }

export type PolicyTarget = { user: string } | { role: string } | { channel: string };
export interface PolicyTier { notify: PolicyTarget[]; acknowledgeWithinS: number; repeat: number }
export interface QuietHours { below: Severity; from: string; to: string; timeZone: string }
export interface PolicyBody { name: string; escalateFrom?: Severity; tiers: PolicyTier[]; quietHours: QuietHours[]; default?: boolean }
export interface Policy extends PolicyBody { id: string; default: boolean; builtIn: boolean }
export interface DryRun {
  timeline: { at: number; toldAt: number; heldByQuietHours: boolean; tier: number; told: number; tells: { channel: string; recipient: string | null }[]; nextAt: number | null }[];
  then: string;
}

export interface Channel { id: string; name: string; kind: string; enabled: boolean; settings: Record<string, unknown>; hasSecret: boolean }
export interface RuleParameter { name: string; unit: string; min: number; max: number; default: number; meaning: string }
export interface RuleDescription {
  name: string; title: string; enabled: boolean; mayBeDisabled: boolean; mayHaveSchedule: boolean; severity: Severity | null; severityMin: Severity; endsBy: string | null; parameters: RuleParameter[];
}
export interface RuleSetting { name: string; enabled: boolean; severity: Severity; parameters: Record<string, number>; schedule: WorkingHours | null }

export interface TripPoint { time: number; latitude: number; longitude: number }
export interface Trip { start: TripPoint; end: TripPoint; durationS: number; distanceM: number; farthestM: number; fixes: number }
export interface Stop { startAt: number; endAt: number; latitude: number; longitude: number }
export interface ActivitySpan { startAt: number; endAt: number; activity: string }
export interface Bucket { startAt: number; steps: number; walkingS: number; runningS: number; ridingS: number; fidgetingS: number; stillS: number; unknownS: number }
export interface Day {
  date: string; timeZone: string | null; from: number; to: number; locationHidden: string | null;
  positions: Position[]; trips: Trip[]; stops: Stop[]; activity: ActivitySpan[]; stepsPerHour: { startAt: number; steps: number }[];
  battery: { at: number; percent: number; charging: boolean }[] | null; alerts: Alert[];
}
export interface Buffer {
  backlog: number | null; oldestAgeS: number | null; connected: boolean; lastContactAt: number | null; nextContactAt: number | null;
  batteryForecast: { emptyAt: number | null; percentPerDay: number | null } | null; dropped: number | null; corrupted: number | null;
}
export interface SettingDescription { name: string; unit: string; min: number; max: number; default: number; meaning: string }
export interface Configuration {
  desired: { version: number; settings: Record<string, number>; at: number | null; published: boolean };
  own: Record<string, number>;
  reported: { version: number; problem: string | null; refusedVersion: number | null; at: number } | null;
  state: string;
  catalogue: SettingDescription[];
}
export interface CommandRecord { id: number; command: string; state: string; at: number; by: string; sentAt: number | null; doneAt: number | null }
export type FleetRow = [id: string, lat: number | null, lon: number | null, state: DeviceState, fixTime: number | null, accuracyM: number | null, percent: number | null, openAlerts: number, wearerName: string | null];
/** What the server says of itself over the feed. */
export interface ServiceNote { storing: boolean; alerting: boolean; reason: string | null }
export interface HealthCheck { name: string; ok: boolean; reason: string | null }
export interface MapSettings { styleUrl: string | null; tilesUrl: string | null; attribution: string | null }

/** A refusal with the server's own sentence and its code. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, detail: string, readonly parameter: string | null = null) { super(detail); }

  /** This server has no such address: an older one, or a part that is not there. */
  get missing(): boolean { return this.code === 'no-such-address' || this.code === 'method-not-allowed'; }
}

/** No answer came at all. */
export class Unreachable extends Error {}

export type Outcome = { kind: 'ok' } | { kind: 'unreachable' } | { kind: 'store-unavailable'; detail: string } | { kind: 'signed-out'; detail: string };

const patienceMs = 20_000;
const tokenKey = 'traxxs.token';
let watcher: (outcome: Outcome) => void = () => {};

/** Who wants to know how requests fare (one: the page's banner and its sign-out). */
export function onOutcome(tell: (outcome: Outcome) => void): void { watcher = tell; }

/** An access key instead of a sign-in: kept by this tab alone. */
export const accessKey = {
  get: (): string | null => sessionStorage.getItem(tokenKey),
  set: (token: string | null): void => { if (token) sessionStorage.setItem(tokenKey, token); else sessionStorage.removeItem(tokenKey); },
};

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function request(method: Method, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { 'X-Traxxs-Request': '1' };
  const token = accessKey.get();
  if (token) headers.Authorization = `Bearer ${token}`;
  const raw = body instanceof Blob;
  if (body !== undefined) headers['Content-Type'] = raw ? 'application/octet-stream' : 'application/json';
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined ? null : raw ? body : JSON.stringify(body), signal: AbortSignal.timeout(patienceMs) });
  } catch {
    watcher({ kind: 'unreachable' });
    throw new Unreachable();
  }

  const date = Date.parse(response.headers.get('Date') ?? '');
  if (date) observe(date / 1000);
  if (response.ok) {
    watcher({ kind: 'ok' });
    return response;
  }

  const problem = await response.json().catch(() => null) as { code?: string; detail?: string; parameter?: string } | null;
  const error = new ApiError(response.status, problem?.code ?? `http-${response.status}`, problem?.detail ?? `The server answered ${response.status}.`, problem?.parameter ?? null);
  if (error.code === 'store-unavailable') watcher({ kind: 'store-unavailable', detail: error.message });
  if (error.status === 401 && path !== '/api/v1/sign-in') watcher({ kind: 'signed-out', detail: error.message });
  throw error;
}

async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await request(method, `/api/v1${path}`, body);
  if (response.status === 204 || response.headers.get('Content-Length') === '0') return undefined as T;
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** A path with its parts escaped, and a query of what is given. */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
  return parts.reduce((whole, part, i) => whole + encodeURIComponent(values[i - 1] ?? '') + part);
}

export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** Every page of a list, up to a bound. */
async function all<K extends string, T>(first: string, plural: K, max: number): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | number | null = null;
  do {
    const address: string = cursor === null ? first : `${first}${first.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
    const page: Record<K, T[]> & { next?: string | number | null } = await call('GET', address);
    found.push(...page[plural]);
    cursor = page.next ?? null;
  } while (cursor !== null && found.length < max);
  return found;
}

export const api = {
  setup: {
    needed: () => call<{ needed: boolean }>('GET', '/setup'),
    run: (body: { organisation: string; name: string; email: string; password: string; setupCode: string }) => call<unknown>('POST', '/setup', body),
  },
  signIn: (email: string, password: string) => call<{ user: User }>('POST', '/sign-in', { email, password }),
  signOut: () => call<void>('POST', '/sign-out'),
  me: () => call<Me>('GET', '/me'),
  changePassword: (current: string, next: string) => call<void>('POST', '/me/password', { current, new: next }),
  passwordByLink: (link: string, password: string) => call<void>('POST', '/password-by-link', { link, password }),
  signIns: () => call<{ signIns: SignInRecord[] }>('GET', '/me/sign-ins'),
  endSignIn: (id: string) => call<void>('DELETE', path`/me/sign-ins/${id}`),

  /** How each part stands; null where the door in front of the server shows that to nobody. */
  health: async (): Promise<{ status: string; checks: HealthCheck[] } | null> => {
    const response = await fetch('/health/ready', { signal: AbortSignal.timeout(patienceMs) });
    if (response.status === 404) return null;
    return await response.json() as { status: string; checks: HealthCheck[] };
  },
  mapSettings: () => call<MapSettings>('GET', '/map'),

  fleet: () => call<{ devices: FleetRow[] }>('GET', '/fleet'),
  devices: (max = 1000) => all<'devices', { device: Device; openAlerts: number }>(`/devices${query({ limit: Math.min(max, 1000) })}`, 'devices', max),
  device: (id: string) => call<DeviceDetail>('GET', path`/devices/${id}`),
  provision: (id: string, name: string | null) => call<{ id: string; secret: string; userName: string }>('POST', '/devices', { id, name }),
  newSecret: (id: string) => call<{ id: string; secret: string; userName: string }>('POST', path`/devices/${id}/secret`),
  revoke: (id: string) => call<void>('DELETE', path`/devices/${id}`),
  positions: (id: string, from: number, to: number | null = null) => all<'positions', Position>(path`/devices/${id}/positions` + query({ from, to, limit: 10_000 }), 'positions', 50_000),
  buffer: (id: string) => call<Buffer>('GET', path`/devices/${id}/buffer`),
  configuration: (id: string) => call<Configuration>('GET', path`/devices/${id}/configuration`),
  setConfiguration: (id: string, settings: Record<string, number>) => call<Configuration>('PUT', path`/devices/${id}/configuration`, { settings }),
  commands: (id: string) => call<{ commands: CommandRecord[] }>('GET', path`/devices/${id}/commands`),
  command: (id: string, command: string) => call<unknown>('POST', path`/devices/${id}/commands`, { command }),
  offerUpdate: (id: string, version: string) => call<Update>('POST', path`/devices/${id}/update`, { version }),
  withdrawUpdate: (id: string) => call<Update>('DELETE', path`/devices/${id}/update`),
  firmware: () => call<{ images: FirmwareImage[]; checksSignatures: boolean }>('GET', '/firmware'),
  uploadFirmware: (file: Blob) => call<FirmwareImage>('POST', '/firmware', file),
  removeFirmware: (version: string) => call<void>('DELETE', path`/firmware/${version}`),
  trips: (id: string, from: number, to: number) => call<{ trips: Trip[]; stops: Stop[]; locationHidden: string | null }>('GET', path`/devices/${id}/trips` + query({ from, to })),
  activity: (id: string, from: number, to: number) => call<{ buckets: Bucket[] }>('GET', path`/devices/${id}/activity` + query({ from, to, bucket: 3600 })),

  alerts: (filter: { open?: boolean; device?: string; severity?: string; rule?: string; from?: number; to?: number; limit?: number; cursor?: string } = {}) =>
    call<{ alerts: Alert[]; next: string | null }>('GET', `/alerts${query({ limit: 200, ...filter })}`),
  openAlerts: () => all<'alerts', Alert>('/alerts?open=true&limit=500', 'alerts', 5000),
  alert: (id: string) => call<AlertDetail>('GET', path`/alerts/${id}`),
  acknowledge: (id: string, comment?: string) => call<Alert>('POST', path`/alerts/${id}/acknowledge`, { comment: comment || null }),
  resolve: (id: string, comment?: string) => call<Alert>('POST', path`/alerts/${id}/resolve`, { comment: comment || null }),
  assign: (id: string, assignee: string | null) => call<Alert>('POST', path`/alerts/${id}/assign`, { assignee }),
  comment: (id: string, text: string) => call<Alert>('POST', path`/alerts/${id}/comments`, { text }),

  fences: () => call<{ features: Fence[] }>('GET', '/geofences'),
  addFence: (fence: Fence) => call<Fence>('POST', '/geofences', fence),
  replaceFence: (id: string, fence: Fence) => call<Fence>('PUT', path`/geofences/${id}`, fence),
  removeFence: (id: string) => call<void>('DELETE', path`/geofences/${id}`),

  wearers: () => all<'wearers', Wearer>('/wearers?limit=500', 'wearers', 5000),
  wearer: (id: string) => call<Wearer>('GET', path`/wearers/${id}`),
  addWearer: (body: { name: string; phone: string | null }) => call<Wearer>('POST', '/wearers', body),
  changeWearer: (id: string, body: Partial<Wearer>) => call<Wearer>('PATCH', path`/wearers/${id}`, body),
  assignDevice: (id: string, deviceId: string | null) => call<unknown>('PUT', path`/wearers/${id}/device`, { deviceId: deviceId ?? '' }),
  assignments: (id: string) => call<{ assignments: Assignment[] }>('GET', path`/wearers/${id}/assignments`),
  consent: (id: string, given: boolean) => call<unknown>('POST', path`/wearers/${id}/consent`, { given }),
  checkIn: (id: string) => call<unknown>('POST', path`/wearers/${id}/check-in`),
  day: (id: string, date: string) => call<Day>('GET', path`/wearers/${id}/day` + query({ date })),
  eraseWearer: (id: string, confirm: string) => call<unknown>('POST', path`/wearers/${id}/erase`, { confirm }),

  users: () => all<'users', User>('/users?limit=200', 'users', 1000),
  addUser: (body: { name: string; email: string; role: string; phone: string | null }) => call<User>('POST', '/users', body),
  changeUser: (id: string, body: Record<string, unknown>) => call<User>('PATCH', path`/users/${id}`, body),
  removeUser: (id: string) => call<void>('DELETE', path`/users/${id}`),
  passwordLink: (id: string) => call<{ link: string }>('POST', path`/users/${id}/password-link`),
  tokens: () => call<{ tokens: Token[] }>('GET', '/tokens'),
  addToken: (body: { name: string; role: string; daysValid: number | null }) => call<{ token: string; id: string }>('POST', '/tokens', body),
  removeToken: (id: string) => call<void>('DELETE', path`/tokens/${id}`),
  organisation: () => call<Organisation>('GET', '/organisation'),
  changeOrganisation: (body: Partial<Organisation>) => call<Organisation>('PATCH', '/organisation', body),

  ruleCatalogue: () => call<{ rules: RuleDescription[] }>('GET', '/rules/catalogue'),
  rules: () => call<{ version: number; rules: RuleSetting[] }>('GET', '/rules'),
  setRules: (version: number, rules: RuleSetting[]) => call<unknown>('PUT', '/rules', { version, rules }),
  policies: () => call<{ policies: Policy[] }>('GET', '/policies'),
  addPolicy: (body: PolicyBody) => call<Policy>('POST', '/policies', body),
  replacePolicy: (id: string, body: PolicyBody) => call<Policy>('PUT', path`/policies/${id}`, body),
  removePolicy: (id: string) => call<void>('DELETE', path`/policies/${id}`),
  dryRun: (id: string, severity: Severity, at: number) => call<DryRun>('POST', path`/policies/${id}/dry-run`, { severity, at }),
  channels: () => call<{ channels: Channel[] }>('GET', '/channels'),
  addChannel: (body: Record<string, unknown>) => call<Channel>('POST', '/channels', body),
  changeChannel: (id: string, body: Record<string, unknown>) => call<Channel>('PATCH', path`/channels/${id}`, body),
  removeChannel: (id: string) => call<void>('DELETE', path`/channels/${id}`),
  testChannel: (id: string, to: string | null) => call<{ taken: boolean; reason: string | null }>('POST', path`/channels/${id}/test`, { to }),
  deliveries: (state: string | null) => call<{ deliveries: Delivery[]; next: number | null }>('GET', `/deliveries${query({ state, limit: 100 })}`),
  retryDelivery: (id: number) => call<void>('POST', path`/deliveries/${String(id)}/retry`),
  audit: (cursor: number | null, subject: string | null) => call<{ entries: AuditEntry[]; next: number | null }>('GET', `/audit${query({ cursor, subject, limit: 200 })}`),

  /** Fetches a file with this page's credentials and hands it to the browser as a download. */
  download: async (method: 'GET' | 'POST', address: string, name: string): Promise<void> => {
    const blob = await (await request(method, `/api/v1${address}`, method === 'POST' ? {} : undefined)).blob();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  },
};
