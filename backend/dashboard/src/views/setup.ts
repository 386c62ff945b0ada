// Set-up: one part at a time, each a panel; the parts a role may not use are not offered.
import type { Role } from '../api';
import type { App, View } from '../app';
import { h, render } from '../dom';
import { renderAudit } from '../panels/audit';
import { renderChannels } from '../panels/channels';
import { renderDeliveries } from '../panels/deliveries';
import { renderFences } from '../panels/fences';
import { renderFirmware } from '../panels/firmware';
import { renderKeys } from '../panels/keys';
import { renderOrganisation } from '../panels/organisation';
import { renderPeople } from '../panels/people';
import { renderPolicies } from '../panels/policies';
import { renderRules } from '../panels/rules';
import { href } from '../route';
import { t } from '../texts';

type Part = (element: HTMLElement, data: { app: App }) => (() => void) | void;

const parts: Record<string, { title: string; role: Role; render: Part }> = {
  fences: { title: t.setup.fences, role: 'supervisor', render: renderFences },
  policies: { title: t.setup.policies, role: 'supervisor', render: renderPolicies },
  deliveries: { title: t.setup.deliveries, role: 'supervisor', render: renderDeliveries },
  rules: { title: t.setup.rules, role: 'admin', render: renderRules },
  channels: { title: t.setup.channels, role: 'admin', render: renderChannels },
  people: { title: t.setup.people, role: 'admin', render: renderPeople },
  firmware: { title: t.setup.firmware, role: 'admin', render: renderFirmware },
  keys: { title: t.setup.keys, role: 'admin', render: renderKeys },
  organisation: { title: t.setup.organisation, role: 'admin', render: renderOrganisation },
  audit: { title: t.setup.audit, role: 'admin', render: renderAudit },
};

export const setupView: View = (element, app, route) => {
  const chosen = route.id && parts[route.id] ? route.id : 'fences', part = parts[chosen]!;
  const offered = Object.entries(parts).filter(([, item]) => app.can(item.role));
  const body = h('div', {});
  render(element, h('div', { class: 'page setup' },
    h('nav', { class: 'parts', 'aria-label': t.setup.title }, offered.map(([name, item]) => h('a', { href: href('setup', name), 'aria-current': name === chosen ? 'page' : false }, item.title))),
    h('div', {}, h('h1', {}, part.title), body)));
  if (!app.can(part.role)) {
    render(body, h('p', { class: 'notice', role: 'alert' }, t.notAllowed(t.people.roles[app.me.role] ?? app.me.role)));
    return;
  }
  return part.render(body, { app });
};
