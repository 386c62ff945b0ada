// A plain map on a canvas: tracks, last positions and geofences on a metre grid, without tiles from anywhere.
// Projection: equirectangular about the middle of the view; true enough across the few kilometres a shift covers.

const metresPerDegree = 111195.08;

export class TrackMap {
  constructor(canvas) {
    this.canvas = canvas;
    this.tracks = new Map(); // device id -> positions in order of time
    this.fences = [];
    this.alarms = new Set();
    this.centre = { latitude: 0, longitude: 0 };
    this.metresPerPixel = 10;
    this.followsAll = true;
    new ResizeObserver(() => this.draw()).observe(canvas);
    this.listen();
  }

  setTrack(id, positions) { this.tracks.set(id, positions); this.refit(); }

  setFences(features) { this.fences = features; this.refit(); }

  setAlarms(ids) { this.alarms = ids; this.draw(); }

  add(id, positions, keepS) {
    const track = this.tracks.get(id) ?? [];
    track.push(...positions);
    track.sort((a, b) => a.time - b.time);
    const oldest = track.length ? track[track.length - 1].time - keepS : 0;
    this.tracks.set(id, track.filter(position => position.time >= oldest));
    this.refit();
  }

  focus(id) {
    const last = this.tracks.get(id)?.at(-1);
    if (!last) return;
    this.followsAll = false;
    this.centre = { latitude: last.latitude, longitude: last.longitude };
    this.metresPerPixel = Math.min(this.metresPerPixel, 1);
    this.draw();
  }

  fit() { this.followsAll = true; this.refit(); }

  zoom(factor) { this.followsAll = false; this.metresPerPixel = Math.min(2e4, Math.max(0.05, this.metresPerPixel * factor)); this.draw(); }

  pan(dx, dy) {
    this.followsAll = false;
    this.centre.latitude += dy * this.metresPerPixel / metresPerDegree;
    this.centre.longitude -= dx * this.metresPerPixel / this.metresPerDegreeEast();
    this.draw();
  }

  metresPerDegreeEast() { return metresPerDegree * Math.max(0.01, Math.cos(this.centre.latitude * Math.PI / 180)); }

  refit() {
    if (this.followsAll) {
      const all = [...this.tracks.values()].flat();
      for (const fence of this.fences) for (const [longitude, latitude] of outline(fence)) all.push({ latitude, longitude });
      if (all.length > 0) {
        const latitudes = all.map(p => p.latitude), longitudes = all.map(p => p.longitude);
        const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
        const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
        this.centre = { latitude: (south + north) / 2, longitude: (west + east) / 2 };
        const width = Math.max(50, this.canvas.clientWidth - 100), height = Math.max(50, this.canvas.clientHeight - 100);
        this.metresPerPixel = Math.max(0.3, (north - south) * metresPerDegree / height, (east - west) * this.metresPerDegreeEast() / width);
      }
    }
    this.draw();
  }

  toScreen(latitude, longitude) {
    return [
      this.canvas.clientWidth / 2 + (longitude - this.centre.longitude) * this.metresPerDegreeEast() / this.metresPerPixel,
      this.canvas.clientHeight / 2 - (latitude - this.centre.latitude) * metresPerDegree / this.metresPerPixel,
    ];
  }

  // Many changes in one frame are drawn once.
  draw() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => { this.pending = false; this.paint(); });
  }

  paint() {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = this.canvas.clientWidth * ratio;
    this.canvas.height = this.canvas.clientHeight * ratio;
    const context = this.canvas.getContext('2d');
    context.scale(ratio, ratio);
    const style = getComputedStyle(this.canvas);
    this.colour = name => style.getPropertyValue(name).trim();
    this.paintGrid(context);
    for (const fence of this.fences) this.paintFence(context, fence);
    for (const [id, track] of this.tracks) this.paintTrack(context, id, track);
    this.paintScale(context);
  }

  paintGrid(context) {
    const stepM = nice(this.metresPerPixel * 110);
    context.strokeStyle = this.probe('--line');
    context.lineWidth = 1;
    context.beginPath();
    const stepNorth = stepM / metresPerDegree, stepEast = stepM / this.metresPerDegreeEast();
    const rows = Math.ceil(this.canvas.clientHeight / 110) + 2, columns = Math.ceil(this.canvas.clientWidth / 110) + 2;
    const latitude0 = Math.round(this.centre.latitude / stepNorth) * stepNorth, longitude0 = Math.round(this.centre.longitude / stepEast) * stepEast;
    for (let i = -columns; i <= columns; i++) {
      const [x] = this.toScreen(this.centre.latitude, longitude0 + i * stepEast);
      context.moveTo(x, 0); context.lineTo(x, this.canvas.clientHeight);
    }
    for (let i = -rows; i <= rows; i++) {
      const [, y] = this.toScreen(latitude0 + i * stepNorth, this.centre.longitude);
      context.moveTo(0, y); context.lineTo(this.canvas.clientWidth, y);
    }
    context.stroke();
  }

  paintFence(context, fence) {
    context.beginPath();
    outline(fence).forEach(([longitude, latitude], i) => {
      const [x, y] = this.toScreen(latitude, longitude);
      if (i === 0) context.moveTo(x, y); else context.lineTo(x, y);
    });
    context.closePath();
    context.globalAlpha = 0.12;
    context.fillStyle = this.probe('--accent');
    context.fill();
    context.globalAlpha = 1;
    context.setLineDash([6, 4]);
    context.strokeStyle = this.probe('--accent');
    context.lineWidth = 1.5;
    context.stroke();
    context.setLineDash([]);
    const [longitude, latitude] = outline(fence)[0];
    const [x, y] = this.toScreen(latitude, longitude);
    this.label(context, fence.properties.name, x + 6, y - 6, '--quiet');
  }

  paintTrack(context, id, track) {
    if (track.length === 0) return;
    context.strokeStyle = trackColour(id);
    context.lineWidth = 2.5;
    context.lineJoin = 'round';
    context.beginPath();
    track.forEach((position, i) => {
      const [x, y] = this.toScreen(position.latitude, position.longitude);
      // A gap of more than ten minutes is not walked: nobody knows the way in between.
      if (i === 0 || position.time - track[i - 1].time > 600) context.moveTo(x, y); else context.lineTo(x, y);
    });
    context.stroke();

    const last = track[track.length - 1];
    const [x, y] = this.toScreen(last.latitude, last.longitude);
    if (last.accuracyM) {
      context.globalAlpha = 0.15;
      context.fillStyle = trackColour(id);
      circle(context, x, y, last.accuracyM / this.metresPerPixel);
      context.globalAlpha = 1;
    }
    context.fillStyle = this.alarms.has(id) ? this.probe('--critical') : trackColour(id);
    circle(context, x, y, 7);
    if (this.alarms.has(id)) {
      context.strokeStyle = this.probe('--critical');
      context.beginPath();
      context.arc(x, y, 13, 0, 2 * Math.PI);
      context.stroke();
    }
    this.label(context, id, x + 12, y + 4, '--text');
  }

  paintScale(context) {
    const lengthM = nice(this.metresPerPixel * 120), width = lengthM / this.metresPerPixel;
    const x = 16, y = this.canvas.clientHeight - 18;
    context.strokeStyle = this.probe('--text');
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x, y - 6); context.lineTo(x, y); context.lineTo(x + width, y); context.lineTo(x + width, y - 6);
    context.stroke();
    this.label(context, lengthM >= 1000 ? `${lengthM / 1000} km` : `${lengthM} m`, x + 6, y - 5, '--text');
    this.label(context, `${this.centre.latitude.toFixed(5)}, ${this.centre.longitude.toFixed(5)}`, x + width + 14, y, '--quiet');
  }

  label(context, text, x, y, colour) {
    context.font = '600 12px system-ui, sans-serif';
    context.lineWidth = 3;
    context.strokeStyle = this.probe('--panel');
    context.strokeText(text, x, y);
    context.fillStyle = this.probe(colour);
    context.fillText(text, x, y);
  }

  // light-dark() is resolved only in a real property: a hidden probe gives the colour as the page has it.
  probe(name) {
    this.probes ??= {};
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    return this.probes[name + dark] ??= resolve(this.canvas.parentElement, name);
  }

  listen() {
    const canvas = this.canvas;
    canvas.addEventListener('wheel', event => { event.preventDefault(); this.zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2); }, { passive: false });
    canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); this.dragging = true; });
    canvas.addEventListener('pointerup', () => { this.dragging = false; });
    canvas.addEventListener('pointermove', event => { if (this.dragging) this.pan(event.movementX, event.movementY); });
    canvas.addEventListener('keydown', event => {
      const act = {
        ArrowLeft: () => this.pan(60, 0), ArrowRight: () => this.pan(-60, 0), ArrowUp: () => this.pan(0, 60), ArrowDown: () => this.pan(0, -60),
        '+': () => this.zoom(0.8), '-': () => this.zoom(1.25), 0: () => this.fit(),
      }[event.key];
      if (act) { event.preventDefault(); act(); }
    });
  }
}

/** Positions [longitude, latitude] along a fence's outline. */
function outline(fence) {
  if (fence.geometry.type === 'Polygon') return fence.geometry.coordinates[0];
  const [longitude, latitude] = fence.geometry.coordinates, radius = fence.properties.radiusM;
  return Array.from({ length: 64 }, (_, i) => {
    const angle = i / 64 * 2 * Math.PI;
    return [
      longitude + radius * Math.sin(angle) / (metresPerDegree * Math.cos(latitude * Math.PI / 180)),
      latitude + radius * Math.cos(angle) / metresPerDegree,
    ];
  });
}

function circle(context, x, y, radius) { context.beginPath(); context.arc(x, y, radius, 0, 2 * Math.PI); context.fill(); }

/** 1, 2 or 5 times a power of ten, at most the given metres. */
function nice(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return power * (metres / power >= 5 ? 5 : metres / power >= 2 ? 2 : 1);
}

function trackColour(id) {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.codePointAt(0)) >>> 0;
  return `hsl(${hash * 137.508 % 360} 70% 45%)`;
}

function resolve(parent, name) {
  const probe = document.createElement('span');
  probe.className = 'probe';
  probe.style.color = `var(${name})`;
  parent.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
