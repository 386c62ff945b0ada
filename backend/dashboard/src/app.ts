// What every panel may use: the model, who is signed in, and how to say that something worked or did not.
import { ApiError, Unreachable, type MapSettings, type Me, type Role } from './api';
import { h } from './dom';
import type { Model } from './model';
import type { Route } from './route';
import { t } from './texts';

const ladder: readonly Role[] = ['viewer', 'responder', 'supervisor', 'admin', 'operator'];
const toastMs = 6000;

export interface App {
  readonly model: Model;
  readonly me: Me;
  /** Where maps get their ground: asked for once, waited for where a map is drawn. */
  readonly map: Promise<MapSettings>;
  /** The zone of the organisation, where it names one. */
  readonly zone: string | null;
  can(role: Role): boolean;
}

export const atLeast = (role: Role, wanted: Role): boolean => ladder.indexOf(role) >= ladder.indexOf(wanted);

/** A view puts itself into an element and gives what ends it. */
export type View = (element: HTMLElement, app: App, route: Route) => (() => void) | void;

export function toast(text: string, bad = false): void {
  const box = h('div', { class: `toast ${bad ? 'bad' : ''}` }, text);
  const area = document.getElementById('toasts')!;
  (document.querySelector('dialog[open]') ?? area).append(box);
  setTimeout(() => box.remove(), toastMs);
}

/** An error in a sentence for people. */
export function explain(error: unknown): string {
  if (error instanceof Unreachable) return t.noAnswer;
  if (error instanceof ApiError && error.missing) return t.missing;
  if (error instanceof Error) return error.message;
  return String(error);
}

/** Does something and says what came of it; false where it failed. */
export async function attempt(act: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await act();
    if (done) toast(done);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) toast(error instanceof Unreachable ? t.noAnswer : t.failed(explain(error)), true);
    return false;
  }
}

/** Reads something into an element: what it says while reading, and where that failed. */
export async function load<T>(element: HTMLElement, read: () => Promise<T>, show: (element: HTMLElement, data: T) => void): Promise<void> {
  if (element.childElementCount === 0) element.replaceChildren(h('p', { class: 'quiet', role: 'status' }, t.loading));
  try {
    const data = await read();
    element.replaceChildren();
    show(element, data);
  } catch (error) {
    element.replaceChildren(h('p', { class: 'problem', role: 'alert' }, explain(error)));
  }
}
