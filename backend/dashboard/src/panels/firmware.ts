import { api, type FirmwareImage } from '../api';
import { attempt, load, type App } from '../app';
import { button, dialog, field, h, render, table } from '../dom';
import { stamp } from '../format';
import { nowS } from '../model';
import { t } from '../texts';

/** The organisation's firmware images. */
export function renderFirmware(element: HTMLElement, { app }: { app: App }): void {
  const again = (): void => renderFirmware(element, { app });
  const upload = async (): Promise<void> => {
    const file = h('input', { type: 'file', accept: '.xsfw', required: true });
    if (!await dialog(t.firmware.upload, [field(t.firmware.file, file, t.firmware.fileHint)], t.firmware.upload)) return;
    const chosen = file.files?.[0];
    if (chosen && await attempt(() => api.uploadFirmware(chosen), t.saved)) again();
  };
  const remove = async (image: FirmwareImage): Promise<void> => {
    if (await dialog(t.firmware.removeAsk(image.version), [], t.remove, true) && await attempt(() => api.removeFirmware(image.version))) again();
  };
  void load(element, () => api.firmware(), (box, { images, checksSignatures }) => render(box,
    h('p', { class: 'quiet' }, t.firmware.intro, ' ', checksSignatures ? t.firmware.checked : t.firmware.notChecked),
    h('div', { class: 'row' }, button(t.firmware.upload, () => void upload(), { class: 'primary' })),
    table(t.firmware.title, [
      { head: t.update.version, cell: image => image.version },
      { head: t.firmware.size, cell: image => `${(image.size / 1024).toFixed(1)} KiB` },
      { head: t.firmware.uploaded, cell: image => `${stamp(image.uploadedAt, nowS())}, ${image.uploadedBy}` },
      { head: t.firmware.taking, cell: image => String(image.taking) },
      { head: t.firmware.sha256, cell: image => h('code', { title: image.sha256 }, image.sha256.slice(0, 16), '…') },
      { head: '', cell: image => button(t.remove, () => void remove(image), { 'aria-label': `${t.remove}: ${image.version}`, disabled: image.taking > 0 }) },
    ], images, t.firmware.empty)));
}
