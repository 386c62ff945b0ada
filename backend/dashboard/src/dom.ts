// The few helpers every panel builds with. Text goes in as text nodes only; nothing here parses markup.
import { t } from './texts';

export type Child = Node | string | number | null | undefined | false | Child[];
type Handler = (event: Event) => void;
export type Props = Record<string, string | number | boolean | null | undefined | Handler>;

/** An element: attributes by name, `on…` as listeners, false and null left out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

function fill<T extends Element>(element: T, props: Props, children: Child[]): T {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

export function append(parent: Element, children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else parent.append(child instanceof Node ? child : String(child));
  }
}

/** Puts children in the place of what an element holds. */
export function render(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

export function button(text: Child, onclick: (event: Event) => void, props: Props = {}): HTMLButtonElement {
  return h('button', { type: 'button', ...props, onclick }, text);
}

const signatures = new WeakMap<Element, Map<string, { element: HTMLElement; signature: string }>>();

/**
 * A list kept in step with items: an element is made anew only where its item's signature changed, so that focus, scroll
 * and what a screen reader is reading survive a feed of updates.
 */
export function keyed<T>(parent: Element, items: readonly T[], key: (item: T) => string, signature: (item: T) => string, make: (item: T) => HTMLElement): void {
  const old = signatures.get(parent) ?? new Map<string, { element: HTMLElement; signature: string }>();
  const next = new Map<string, { element: HTMLElement; signature: string }>();
  let before: ChildNode | null = parent.firstChild;
  for (const item of items) {
    const id = key(item), sign = signature(item), known = old.get(id);
    const entry = known?.signature === sign ? known : { element: make(item), signature: sign };
    if (known && known !== entry) {
      const focused = known.element.contains(document.activeElement) ? document.activeElement?.getAttribute('data-focus') : null;
      if (before === known.element) before = known.element.nextSibling;
      known.element.remove();
      parent.insertBefore(entry.element, before);
      if (focused) entry.element.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
    } else if (before === entry.element) {
      before = before.nextSibling;
    } else {
      parent.insertBefore(entry.element, before);
    }
    next.set(id, entry);
  }
  for (const [id, entry] of old) if (!next.has(id)) entry.element.remove();
  while (before) {
    const following: ChildNode | null = before.nextSibling;
    if (![...next.values()].some(entry => entry.element === before)) before.remove();
    before = following;
  }
  signatures.set(parent, next);
}

let fieldCount = 0;

/** A label with its control, joined for screen readers. */
export function field(label: string, control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement, hint?: string): HTMLElement {
  control.id ||= `field-${++fieldCount}`;
  const note = hint ? h('small', { id: `${control.id}-hint` }, hint) : null;
  if (note) control.setAttribute('aria-describedby', note.id);
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control, note);
}

export function select(options: readonly (readonly [value: string, text: string])[], chosen: string, props: Props = {}): HTMLSelectElement {
  const element = h('select', props, options.map(([value, text]) => h('option', { value }, text)));
  element.value = chosen;
  return element;
}

export interface Column<T> { head: string; cell: (row: T) => Child; class?: string }

/** A table with a caption for screen readers; scrolls by itself where it is too wide. */
export function table<T>(caption: string, columns: Column<T>[], rows: readonly T[], empty: string): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty);
  return h('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption }, h('table', {},
    h('caption', { class: 'sr' }, caption),
    h('thead', {}, h('tr', {}, columns.map(column => h('th', { scope: 'col', class: column.class }, column.head || h('span', { class: 'sr' }, '…'))))),
    h('tbody', {}, rows.map(row => h('tr', {}, columns.map(column => h('td', { class: column.class }, column.cell(row))))))));
}

/** Says something in front of the page until it is read. */
export const notice = (title: string, body: Child[], done: string): Promise<boolean> => ask(title, body, h('button', { type: 'submit', class: 'primary', value: 'ok' }, done), false);

/** Asks something in front of the page; false where it was cancelled. */
export const dialog = (title: string, body: Child[], confirm: string, danger = false): Promise<boolean> =>
  ask(title, body, h('button', { type: 'submit', class: danger ? 'danger' : 'primary', value: 'ok' }, confirm), true);

function ask(title: string, body: Child[], submit: HTMLButtonElement, cancels: boolean): Promise<boolean> {
  return new Promise(resolve => {
    const head = h('h2', { id: 'dialog-title' }, title);
    const box = h('dialog', { 'aria-labelledby': 'dialog-title' });
    const form = h('form', { method: 'dialog' }, head, body, h('div', { class: 'row end' },
      cancels ? button(t.cancel, () => box.close('cancel')) : null, submit));
    box.append(form);
    box.addEventListener('close', () => { box.remove(); resolve(box.returnValue === 'ok'); });
    document.body.append(box);
    box.showModal();
  });
}
