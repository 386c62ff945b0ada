import { encode } from 'uqr';
import { toast } from '../app';
import { button, h, notice, svg } from '../dom';
import { t } from '../texts';

/** Shows a secret the one time it can be seen, as text and as a code for the provisioning tool. */
export async function showDeviceSecret(issued: { id: string; secret: string; userName: string }): Promise<void> {
  const content = JSON.stringify({ v: 1, id: issued.id, user: issued.userName, secret: issued.secret });
  await notice(t.devices.secretTitle(issued.id), [
    h('p', {}, t.devices.secretOnce), qrCode(content, t.devices.qr(issued.id)), secretText(issued.secret),
  ], t.done);
}

export async function showSecretText(title: string, note: string, secret: string): Promise<void> {
  await notice(title, [h('p', {}, note), secretText(secret)], t.done);
}

function secretText(secret: string): HTMLElement {
  return h('p', { class: 'secret' }, h('code', {}, secret), button(t.devices.copy, () => void navigator.clipboard?.writeText(secret).then(() => toast(t.devices.copied))));
}

/** A QR code as one SVG path; dark on white in both colour schemes, as scanners want it. */
export function qrCode(text: string, label: string): SVGSVGElement {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => dark ? [`M${x} ${y}h1v1h-1z`] : [])).join('');
  return svg('svg', { viewBox: `0 0 ${size} ${size}`, class: 'qr', role: 'img', 'aria-label': label },
    svg('rect', { width: size, height: size, class: 'qr-light' }), svg('path', { d: path, class: 'qr-dark' }));
}
