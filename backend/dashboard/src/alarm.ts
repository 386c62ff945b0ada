// What makes a new alert impossible to miss: a sound that repeats, the title, the icon, a bar on every view, words for
// screen readers. Browsers allow sound only after the first click or key, and the page says so until then.
import type { Alert } from './api';
import { isGrave } from './model';
import { t, ruleName } from './texts';

const repeatMs = 4000;
const soundKey = 'traxxs.sound';

export class Alarm {
  private audio: AudioContext | null = null;
  private waiting: Alert[] = [];
  private timer: ReturnType<typeof setInterval> | null = null;
  private blink = false;
  onSound: (state: 'locked' | 'on' | 'off') => void = () => {};

  constructor(private readonly nameOf: (alert: Alert) => string) {
    const unlock = (): void => {
      this.audio ??= new AudioContext();
      void this.audio.resume().then(() => this.onSound(this.sound));
    };
    for (const event of ['pointerdown', 'keydown']) addEventListener(event, unlock, { once: true });
    // Whoever signed in has clicked already.
    if (navigator.userActivation?.hasBeenActive) unlock();
    setInterval(() => this.showTitle(), 1000);
  }

  get sound(): 'locked' | 'on' | 'off' {
    if (localStorage.getItem(soundKey) === 'off') return 'off';
    return this.audio?.state === 'running' ? 'on' : 'locked';
  }

  toggle(): void {
    localStorage.setItem(soundKey, this.sound === 'off' ? 'on' : 'off');
    this.onSound(this.sound);
  }

  /** The alerts nobody has acknowledged, the gravest first. */
  watch(waiting: Alert[]): void {
    const grave = waiting.filter(isGrave);
    const more = grave.some(alert => !this.waiting.some(known => known.id === alert.id));
    this.waiting = waiting;
    if (more) this.ring();
    if (grave.length > 0) this.timer ??= setInterval(() => this.ring(), repeatMs);
    else if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
    this.showTitle();
  }

  stop(): void { this.watch([]); }

  private showTitle(): void {
    const first = this.waiting[0];
    this.blink = !this.blink;
    document.title = first && this.blink ? t.alarm.title(this.waiting.length, `${ruleName(first.rule)}: ${this.nameOf(first)}`) : first ? t.alarm.title(this.waiting.length, t.product) : t.product;
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    const wanted = this.waiting.some(isGrave) ? '/icon-alarm.svg' : '/icon.svg';
    if (icon && !icon.href.endsWith(wanted)) icon.href = wanted;
  }

  // Two rising tones, three times: heard across a room, unlike any system sound.
  private ring(): void {
    const audio = this.audio;
    if (this.sound !== 'on' || !audio) return;
    for (let i = 0; i < 6; i++) {
      const at = audio.currentTime + i * 0.18;
      const tone = audio.createOscillator(), level = audio.createGain();
      tone.type = 'triangle';
      tone.frequency.value = i % 2 === 0 ? 740 : 988;
      level.gain.setValueAtTime(0.0001, at);
      level.gain.exponentialRampToValueAtTime(0.35, at + 0.02);
      level.gain.exponentialRampToValueAtTime(0.0001, at + 0.16);
      tone.connect(level).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.17);
    }
  }
}
