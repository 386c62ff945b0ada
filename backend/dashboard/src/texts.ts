// Every word the page says, in English. Panels hold none of their own.
import type { DeviceState, Severity } from './api';

const plural = (count: number, one: string, many: string): string => `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;

export const t = {
  product: 'TRAXXs XSole',
  yes: 'yes', no: 'no', none: 'none', never: 'never', unknown: 'not known', now: 'now',
  save: 'Save', cancel: 'Cancel', remove: 'Remove', add: 'Add', edit: 'Change', close: 'Close', back: 'Back', more: 'Show more', done: 'Done', create: 'Create', show: 'Show', refresh: 'Read again',
  loading: 'Reading…',
  saved: 'Saved.',
  missing: 'This server does not offer this.',
  notAllowed: (role: string) => `Your role (${role}) may not see this.`,
  failed: (what: string) => `That did not work: ${what}`,
  noAnswer: 'The server gives no answer. Nothing was changed, as far as this page can know; try again when it is back.',
  count: { devices: (n: number) => plural(n, 'device', 'devices'), alerts: (n: number) => plural(n, 'open alert', 'open alerts') },

  nav: { label: 'Pages', live: 'Live', history: 'Alerts', devices: 'Devices', wearers: 'Wearers', setup: 'Set-up', account: 'Account', skip: 'Skip to the content' },

  signIn: {
    title: 'Sign in', email: 'E-mail', password: 'Password', submit: 'Sign in', keyTitle: 'Sign in with an access key', key: 'Access key',
    keyHint: 'For programs and for the first look: the administrator\'s key is in the file admin.token in the server\'s data folder.',
    useKey: 'Use an access key instead', useEmail: 'Use e-mail and password instead',
    wrong: 'E-mail and password do not belong together.', keyWrong: 'This key is not valid.',
    out: 'Sign out', outByYou: 'You signed out.', outByServer: (why: string) => `You were signed out: ${why}`,
    ended: 'your session has ended, or was ended by someone who may.',
  },
  firstRun: {
    title: 'Welcome', intro: 'This server has no organisation yet. Whoever holds the set-up code makes the first administrator.',
    organisation: 'Name of the organisation', name: 'Your name', email: 'Your e-mail', password: 'A password', passwordHint: '10 to 128 characters; not one of the commonest, not your e-mail.',
    again: 'The password again', differ: 'The two passwords differ.', code: 'Set-up code', codeHint: 'In the file setup.code in the server\'s data folder; the server\'s console says where. The command traxxs user code makes another.', submit: 'Set up', finished: 'Done. Sign in with the e-mail and password you chose.',
  },
  passwordLink: { title: 'Choose a password', submit: 'Set the password', finished: 'The password is set. Sign in with it.' },

  link: { live: 'Live', connecting: 'Connecting', lost: 'Not live' },
  trouble: {
    server: 'The server cannot be reached. What you see may be out of date.',
    serverSince: (time: string) => `Last answer at ${time}. Trying again by itself.`,
    store: 'The server cannot store or read now. New reports wait on the insoles.',
    feed: 'Live updates are interrupted. Trying again by itself.',
    parts: (names: string) => `The server says that not all of it works: ${names}.`,
    back: 'Everything works again.',
  },
  sound: { locked: 'Sound is off until you click', on: 'Sound on', off: 'Sound off', turnOff: 'Turn the alarm sound off', turnOn: 'Turn the alarm sound on' },

  rules: {
    sos: 'SOS', 'man-down': 'Man down', immobile: 'No movement', 'check-in-missed': 'Check-in missed', 'missed-contact': 'Contact missed', 'low-battery': 'Battery low',
    'geofence-enter': 'Entered a zone', 'geofence-leave': 'Left a zone', 'geofence-dwell': 'Stays in a zone', 'device-fault': 'Device fault', speed: 'Too fast', 'shoe-off': 'Shoe off', 'off-hours': 'Outside working hours',
  } as Record<string, string>,
  severity: { critical: 'Critical', high: 'High', warning: 'Warning', info: 'Note' } satisfies Record<Severity, string>,
  alertState: { raised: 'Nobody told yet', notified: 'Nobody has it yet', acknowledged: 'Acknowledged', resolved: 'Ended' },
  deviceState: {
    moving: 'Moving', still: 'Still', 'planned-silence': 'Silent as planned', overdue: 'Overdue', alert: 'Alert', 'never-heard': 'Never heard', hidden: 'Location hidden',
  } satisfies Record<DeviceState, string>,
  activity: { unknown: 'not known', still: 'still', fidgeting: 'at a place', walking: 'walking', running: 'running', riding: 'riding' } as Record<string, string>,
  hidden: { 'outside-hours': 'Location hidden: outside working hours', 'no-consent': 'Location hidden: the wearer has not consented' } as Record<string, string>,

  alarm: {
    bar: 'Alerts nobody has yet', waiting: (n: number) => plural(n, 'alert waits', 'alerts wait'), title: (n: number, first: string) => `(${n}) ${first}`, spoken: (what: string) => `New alert: ${what}`,
  },
  inbox: {
    title: 'Alerts', people: 'Devices', empty: 'No open alerts.', ended: 'Ended alerts',
    late: (by: string) => `Late: known ${by} after it happened`,
    happened: (when: string) => `Happened ${when}`, raised: (when: string) => `Raised ${when}`,
    acknowledgedBy: (who: string) => `${who} has it`, assignedTo: (who: string) => `For ${who}`, escalated: (tier: number) => `Escalated to step ${tier}`,
    acknowledge: 'Acknowledge', resolve: 'End', open: 'Details', nobody: 'Nobody has it yet',
  },
  alert: {
    back: 'All alerts', notFound: 'There is no such alert.', where: 'Where', wearer: 'Wearer', device: 'Device', happened: 'Happened', known: 'Known', rule: 'Rule', severity: 'Severity', state: 'State', summary: 'What',
    age: 'Age', since: 'What happened since', noPosition: 'No position came with it.', positionAt: (when: string) => `Position of ${when}`, lastHeard: 'Last heard', newest: 'Newest position', moved: (far: string) => `${far} from where it happened`,
    battery: 'Battery', steps: 'Steps', stepsTotal: 'Steps counted', activity: 'Activity', silent: 'Nothing was heard since.',
    feedback: 'Told to the wearer', feedbackNone: 'Nothing yet', feedbackReceived: 'Received: the wearer felt that the alarm arrived', feedbackAcknowledged: 'Acknowledged: the wearer felt that somebody has it',
    feedbackWaiting: 'Waits for the device to speak', notified: 'Notifications', noDeliveries: 'Nobody was notified yet.', escalation: 'Escalation', nextStep: (when: string) => `Next step ${when} unless somebody acknowledges`, noNextStep: 'No further step', stepNow: (n: number) => `Step ${n} reached`,
    acknowledge: 'Acknowledge', resolve: 'End this alert', assign: 'Give to', assignNobody: 'nobody', comment: 'Comment', commentAdd: 'Add the comment', comments: 'Comments', noComments: 'No comments yet.', history: 'History',
    resolveTitle: 'End this alert?', resolveHint: 'What came of it, for the record', checkIn: 'I spoke with them: check in', checkedIn: 'Checked in.', showDevice: 'Device', showWearer: 'The wearer\'s day', assignMe: 'Give to me',
    actions: {
      'alert.raised': 'Raised', 'alert.notified': 'Notified', 'alert.acknowledged': 'Acknowledged', 'alert.resolved': 'Ended', 'alert.escalated': 'Escalated', 'alert.assigned': 'Given', 'alert.commented': 'Commented',
    } as Record<string, string>,
    deliveryState: { pending: 'waits', sent: 'delivered', dead: 'given up', skipped: 'not needed', held: 'held back' } as Record<string, string>,
    kinds: { 'alarm-received': 'to the wearer: received', 'alarm-acknowledged': 'to the wearer: acknowledged' } as Record<string, string>,
  },
  history: { title: 'Alerts', from: 'From', to: 'To', severity: 'At least', state: 'State', rule: 'Rule', any: 'any', when: 'When', who: 'Who', what: 'What', empty: 'No alerts match.', csv: 'Download as CSV', filter: 'Filter' },

  map: {
    canvas: 'Map of the devices. Arrow keys move, plus and minus zoom. The list of devices says the same in words.', controls: 'Map', zoomIn: 'Zoom in', zoomOut: 'Zoom out', fit: 'Show everything',
    attribution: 'Coastlines: Natural Earth', legend: 'Legend', tracks: 'Tracks', hours: (n: number) => n === 0 ? 'off' : `${n} h`, follow: 'Follow', following: 'Following: stop', crowd: 'Number: devices close together',
    unable: 'This browser cannot draw the map (no WebGL). Everything else works; positions stand in the lists.', accuracy: 'Circle: how accurate the position is',
  },
  card: {
    label: 'Chosen device', fix: (when: string) => `Position of ${when}`, accuracy: (m: number) => `± ${m} m`, noPosition: 'No position yet', heard: (when: string) => `Heard ${when}`, next: (when: string) => `Speaks again ${when}`, due: (when: string) => `Should have spoken ${when}`,
    connected: 'Connected now', backlog: (n: number, age: string) => `${plural(n, 'report waits', 'reports wait')} on it, the oldest ${age} old`, details: 'Details', day: 'The day', locate: 'Locate now', located: 'Asked. The position comes when the insole hears of it.', close: 'Close',
  },
  list: { search: 'Find', searchHint: 'Name, wearer or id', state: 'State', all: 'all', empty: 'No devices match.', shown: (n: number, of: number) => `${n.toLocaleString('en-GB')} of ${of.toLocaleString('en-GB')}` },

  devices: {
    title: 'Devices', id: 'Id', name: 'Name', wearer: 'Wearer', state: 'State', battery: 'Battery', heard: 'Last heard', alerts: 'Open alerts', add: 'Add a device', empty: 'No devices yet.', revoked: 'revoked',
    provisionTitle: 'Add a device', idHint: '1 to 64 of letters, digits, - and _; printed on the insole', provision: 'Make its secret', secretTitle: (id: string) => `Secret of ${id}`,
    secretOnce: 'Shown this once. Scan the code with the provisioning tool, or copy the text; after this only a new secret can be made.', secret: 'Secret', qr: (id: string) => `QR code with the identity and secret of ${id}`, copy: 'Copy', copied: 'Copied.',
    newSecret: 'Make a new secret', newSecretAsk: 'The insole is cut off until it has the new secret.', revoke: 'Revoke', revokeAsk: 'The insole is cut off at once and can no longer report.',
  },
  device: {
    notFound: 'There is no such device.', wearer: 'Worn by', nobody: 'nobody', firmware: 'Firmware', provisioned: 'Provisioned', connection: 'Connection', connected: 'connected', away: 'not connected', heard: 'Last heard', speaks: 'Speaks again', overdue: 'Overdue since',
    battery: 'Battery', charging: 'charging', empty: 'Empty', perDay: (percent: string) => `${percent} % a day`, steps: 'Steps counted', activity: 'Activity', position: 'Position',
    buffer: 'Buffer', backlog: 'Reports waiting', oldest: 'Oldest of them', dropped: 'Dropped', corrupted: 'Corrupted', nothingWaits: 'nothing waits',
    commands: 'Commands', commandNames: { 'locate-now': 'Locate now', 'find-me': 'Find me: blink and buzz', 'self-test': 'Self-test', reboot: 'Restart', clear: 'Clear its buffer' } as Record<string, string>,
    commandState: { waiting: 'waits for the device', sent: 'sent', done: 'done', expired: 'expired' } as Record<string, string>, commandAsk: (what: string) => `Ask the insole: ${what}?`, noCommands: 'Nothing was asked of it.', asked: 'Asked', by: 'By', command: 'Command', state: 'State',
    configuration: 'Configuration', desired: 'Wanted', reported: 'Reported by the device', version: (n: number | null) => n === null ? 'nothing yet' : n === 0 ? 'as built' : `version ${n}`, inForce: 'In force', pending: 'Wanted, not yet taken over by the device', refused: 'Refused by the device', unit: 'Unit', setting: 'Setting', value: 'Value', range: 'Range', usual: 'Usual', saveConfiguration: 'Send to the device', refusedFor: (setting: string) => `It refused the newer one because of ${setting}.`,
    day: 'Day', dayOf: 'Day of this device', recent: 'The last 24 hours',
  },
  update: {
    title: 'Firmware update', none: 'No update was offered.', offered: 'Offered', progress: 'Progress', reason: 'Why', expires: 'Offer stands until', ended: 'Ended', version: 'Version', offer: 'Offer an update', withdraw: 'Take the offer back',
    offerTitle: (id: string) => `Offer ${id} an update`, offerText: 'The insole hears of it at its next contact, takes the image while it works on, restarts into it, and goes back by itself to what it runs now where the new image does not prove healthy.',
    noImages: 'There are no firmware images yet: upload one under Set-up, Firmware.', withdrawAsk: (version: string) => `Take the offer of ${version} back?`,
    states: {
      offered: 'Waits for the insole', downloading: 'The insole takes the image', restarting: 'Verified; the insole restarts into it', kept: 'Runs and proved healthy', returned: 'Did not prove healthy: the insole runs what it ran before', refused: 'Refused by the insole', expired: 'Nothing was heard of it for a week', withdrawn: 'Taken back',
    } as Record<string, string>,
  },
  firmware: {
    title: 'Firmware images', intro: 'Signed images for updates over the air, as "traxxs firmware sign" makes them. A device is offered one on its own page, many by "traxxs firmware push".', checked: 'This server takes only what its update key signed; boards look again.', notChecked: 'This server has no update key and takes any image; boards take only what the key signed that they know.',
    upload: 'Upload an image', file: 'Signed image', fileHint: 'A file NAME.xsfw, at most 128 KiB', size: 'Size', uploaded: 'Uploaded', taking: 'Devices taking it', sha256: 'SHA-256', empty: 'No images yet.', removeAsk: (version: string) => `Remove the image ${version}?`,
  },
  day: {
    title: 'A day', date: 'Day', earlier: 'Earlier day', later: 'Later day', playback: 'Playback', play: 'Play', pause: 'Pause', position: 'Time of the day', rate: 'Speed of playback', times: (n: number) => `${n}×`, at: (when: string) => when, noFixes: 'No positions on this day.',
    speed: 'Speed', activity: 'Activity', steps: 'Steps an hour', stepsAt: (from: string, n: number) => `${from}: ${n} steps`, battery: 'Battery', batteryAt: (when: string, n: number) => `${when}: ${n} %`, trips: 'Trips', stops: 'Stops', from: 'From', to: 'To', took: 'Took', length: 'Distance', mean: 'Mean speed', place: 'Place', noTrips: 'No trips.', noStops: 'No stops.', noSteps: 'No steps on this day.', noBattery: 'No battery readings on this day.', alerts: 'Alerts', noAlerts: 'No alerts on this day.', distance: 'Distance', stepsTotal: 'Steps', fixes: 'Positions', slow: 'slow', fast: 'fast',
    gap: 'not known',
  },
  wearers: {
    title: 'Wearers', add: 'Add a wearer', name: 'Name', phone: 'Phone', device: 'Device', consent: 'Consent', given: 'given', notGiven: 'not given', hours: 'Working hours', always: 'always', empty: 'No wearers yet.', nobody: 'none', erased: 'erased', day: 'Day',
  },
  wearer: {
    notFound: 'There is no such wearer.', profile: 'Person', device: 'Insole', noDevice: 'none', assign: 'Assign', take: 'Take it back', assignments: 'Worn so far', from: 'From', to: 'To', still: 'still',
    consent: 'Consent', consentText: 'Without consent nobody sees where this person is, except while an alert of theirs is open.', give: 'Consent was given', withdraw: 'Consent was withdrawn', since: (when: string) => `given ${when}`,
    hours: 'Working hours', hoursText: 'Outside these hours the location is hidden, except while an alert is open.', always: 'Always visible (no working hours)', zone: 'Time zone', weekday: 'Day', from2: 'from', to2: 'to', exceptions: 'Exceptions', exceptionHint: 'One a line: 2026-12-24 off, or 2026-12-24 08:00-12:00', days: { mon: 'Monday', tue: 'Tuesday', wed: 'Wednesday', thu: 'Thursday', fri: 'Friday', sat: 'Saturday', sun: 'Sunday' } as Record<string, string>,
    hoursBad: (line: string) => `"${line}" is not a date with "off" or two times.`,
    policy: 'Escalation policy', policyUsual: 'the usual one', data: 'Their data', export: 'Download everything (ZIP)', erase: 'Erase', eraseTitle: (name: string) => `Erase all data of ${name}?`, eraseText: 'Positions, steps and reports of this person are deleted and cannot be brought back. Type the name to confirm.', eraseConfirm: 'Name', erased: 'Erased.',
  },
  setup: { title: 'Set-up', fences: 'Zones', rules: 'Rules', policies: 'Escalation', people: 'People', keys: 'Access keys', channels: 'Channels', deliveries: 'Deliveries', firmware: 'Firmware', organisation: 'Organisation', audit: 'Audit log' },
  fences: {
    title: 'Zones', always: 'At all times', when: 'Only at certain times', circle: 'Circle', polygon: 'Polygon', hintCircle: 'Click the centre, then the edge; or type the place and radius below.', hintPolygon: 'Click each corner; double-click or Enter ends, Backspace takes the last one back.', name: 'Name', alertOn: 'Alert when someone', enter: 'enters', leave: 'leaves', dwell: 'stays longer than', dwellS: 'Stay, minutes', hysteresis: 'Margin at the edge, m', severity: 'Severity', devices: 'Only these devices', devicesHint: 'Ids with commas; empty for everyone', radius: 'Radius, m', centre: 'Centre (latitude, longitude)', corners: (n: number) => plural(n, 'corner', 'corners'), save: 'Save the zone', import: 'Import GeoJSON', imported: (n: number) => plural(n, 'zone was added', 'zones were added'), importBad: 'This file holds no GeoJSON with polygons or points.', removeAsk: (name: string) => `Remove the zone "${name}"?`, empty: 'No zones yet.', drawFirst: 'Draw the zone first.', on: 'Alerts',
    partly: (added: number, problem: string) => `${added} added, then: ${problem}`,
  },
  ruleSet: { title: 'Rules', intro: 'What becomes an alert, and how grave it is.', enabled: 'On', severity: 'Severity', usual: (value: string) => `usually ${value}`, range: (min: number, max: number) => `${min} to ${max}` },
  policies: {
    inUse: 'holds where a wearer has none of their own', makeUsual: 'Holds for everybody without a policy of their own', then: (within: string, repeat: number) => repeat > 0 ? `again ${repeat}×, each after ${within}` : `next step after ${within}`, held: 'held by quiet hours', afterwards: (what: string) => `Then: ${what}.`,
    title: 'Escalation', new: 'New policy', name: 'Name', tier: (n: number) => `Step ${n}`, notify: 'Tell', within: 'Wait for an acknowledgement, minutes', repeat: 'Repeat this step, times', addTier: 'Add a step', removeTier: 'Remove the last step', quiet: 'Quiet hours', quietBelow: 'Below', quietHint: 'Alerts below this severity wait for the morning. The last step cannot be silenced.', quietOn: 'Keep quiet hours', from: 'from', to: 'to', dryRun: 'Dry run', dryRunText: 'Who would be told, and when, of an alert nobody acknowledges. Nothing is sent.', at: 'Raised at', run: 'Run', empty: 'No policies yet: every channel is told, again and again.', removeAsk: (name: string) => `Remove the policy "${name}"?`, role: (role: string) => `everyone with the role ${role}`, channel: (name: string) => name === '*' ? 'every channel' : `channel ${name}`, nothing: 'Nobody would be told.', step: 'Step', when: 'When', who: 'Who', needTarget: 'Every step must tell somebody.',
  },
  people: {
    title: 'People', add: 'Add a person', name: 'Name', email: 'E-mail', role: 'Role', phone: 'Phone', locked: 'locked out', disabled: 'disabled', disable: 'Disable', enable: 'Enable', link: 'Password link', linkTitle: 'Password link', linkText: 'Send this to the person by a way you trust. It works once, for 24 hours.', removeAsk: (name: string) => `Remove ${name}?`, empty: 'No people yet.',
    roles: { viewer: 'viewer', responder: 'responder', supervisor: 'supervisor', admin: 'administrator', operator: 'operator' } as Record<string, string>,
    rolesHelp: 'Viewers look. Responders deal with alerts. Supervisors also change zones, commands and hours. Administrators do everything here.',
  },
  keys: { title: 'Access keys', intro: 'For programs. A key acts with its role, without a person.', add: 'Make a key', name: 'Name', role: 'Role', days: 'Valid for, days', forever: 'empty: until revoked', once: 'Shown this once.', created: 'Made', expires: 'Expires', revoked: 'revoked', revoke: 'Revoke', revokeAsk: (name: string) => `Revoke the key "${name}"? Programs that use it stop working.`, empty: 'No keys.' },
  channels: {
    title: 'Channels', intro: 'Ways to reach people outside this page.', new: 'New channel', name: 'Name', kind: 'Kind', test: 'Test', testing: 'Sending…', tested: 'The test was delivered.', testFailed: (why: string) => `The test failed: ${why}`, removeAsk: (name: string) => `Remove the channel "${name}"?`, empty: 'No channels of your own yet. Live page and log always exist.', settings: 'Settings', kinds: { smtp: 'E-mail (SMTP)', 'sms-twilio': 'SMS (Twilio)', 'sms-webhook': 'SMS by webhook', webhook: 'Webhook', mqtt: 'MQTT', live: 'This page', log: 'Log' } as Record<string, string>, on: 'on', off: 'off', turnOff: 'Turn off', turnOn: 'Turn on', testTo: 'Send the test to (empty: the channel\'s own addresses)', listHint: 'Several with commas',
    setting: { host: 'Mail server', port: 'Port', security: 'Encryption', user: 'User name', from: 'Sender', fromName: 'Sender\'s name', to: 'Always also to', accountSid: 'Account SID', url: 'Address (URL)' } as Record<string, string>,
    secretHint: 'Kept on the server; leave empty to keep the present one',
  },
  deliveries: { title: 'Deliveries', state: 'State', channel: 'Channel', what: 'What', attempts: 'Tries', when: 'When', error: 'Last error', retry: 'Try again', empty: 'No deliveries.', given: 'Given up', all: 'All' },
  organisation: { title: 'Organisation', name: 'Name', zone: 'Time zone', retention: 'Keep positions and reports, days', alertRetention: 'Keep alerts, days', retentionHint: 'Empty: keep until erased' },
  audit: { title: 'Audit log', when: 'When', who: 'Who', action: 'What', subject: 'On', details: 'Details', empty: 'No entries.', csv: 'Download as CSV', subjectFilter: 'Only of (such as device:insole-1)' },
  account: { title: 'Account', password: 'Change the password', current: 'Present password', next: 'New password', change: 'Change', changed: 'The password was changed.', sessions: 'Where you are signed in', created: 'Since', seen: 'Last seen', client: 'Browser', end: 'End', here: 'this one', key: 'You are signed in with an access key; it has no password and no sessions.' },
};

export const ruleName = (rule: string): string => t.rules[rule] ?? rule;
