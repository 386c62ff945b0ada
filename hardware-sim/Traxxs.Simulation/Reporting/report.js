// What a reader can do beyond reading: look closer in time or on the map, and see what was when under the pointer.
'use strict';
const steps = [1e3, 5e3, 15e3, 6e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 144e5, 216e5, 432e5, 864e5, 1728e5, 6048e5];
const two = n => String(n).padStart(2, '0');
const amount = ua => ua >= 1000 ? (ua / 1000).toFixed(ua >= 1e4 ? 0 : 1) + ' mA' : ua + ' µA';

function clock(ms, seconds) {
  const t = new Date(ms);
  return two(t.getUTCHours()) + ':' + two(t.getUTCMinutes()) + (seconds ? ':' + two(t.getUTCSeconds()) : '');
}

function lookAt(figure) {
  const svg = figure.querySelector('svg.time'), d = svg.dataset, field = svg.querySelector('.field'), axis = svg.querySelector('.axis');
  const cursor = svg.querySelector('.cursor'), readout = figure.appendChild(Object.assign(document.createElement('div'), { className: 'readout', hidden: true }));
  const left = +d.left, width = +d.width, top = +d.top, bottom = +d.bottom, end = +d.end, start = +d.start;
  const json = figure.querySelector('.values'), values = json ? JSON.parse(json.textContent) : null;
  let from = 0, to = end, pressed = null, drawn = null;
  const xOf = ms => left + (ms - from) / (to - from) * width;
  const timeAt = e => {
    const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return p.x < left - 2 || p.x > left + width + 2 ? null : Math.max(from, Math.min(to, from + (p.x - left) / width * (to - from)));
  };

  function show() {
    field.setAttribute('viewBox', `${from / end * width} 0 ${(to - from) / end * width} ${bottom}`);
    for (const g of svg.querySelectorAll('[data-t]')) {
      const t = +g.dataset.t;
      // What began before and goes on keeps its name at the left edge.
      const goesOn = t < from && +g.dataset.u > from;
      g.style.display = (t < from - (to - from) * .002 && !goesOn) || t > to ? 'none' : '';
      g.setAttribute('transform', `translate(${goesOn ? left : xOf(t)} 0)`);
    }
    const step = steps.find(s => (to - from) / s <= 13) || 6048e5;
    let marks = '';
    for (let t = Math.ceil((start + from) / step) * step - start; t <= to; t += step) {
      const midnight = (start + t) % 864e5 === 0 && end > 864e5;
      const text = midnight ? new Date(start + t).toLocaleDateString('en', { month: 'short', day: 'numeric', timeZone: 'UTC' }) : clock(start + t, step < 6e4);
      marks += `<path d="M${xOf(t)} ${top}V${bottom}"/><text x="${xOf(t)}" y="${bottom + 14}" text-anchor="middle">${text}</text>`;
    }
    axis.innerHTML = marks;
  }

  function tell(e, t) {
    const lines = [clock(start + t, true)];
    const title = e.target.querySelector && e.target.closest('.field, .over') && e.target.querySelector(':scope > title');
    if (title) lines.push(title.textContent);
    if (values) {
      const ua = values.mean[Math.floor(t / values.sliceMs)];
      let i = values.times ? values.times.findIndex(at => at > t) - 1 : -1;
      if (i === -2) i = values.times.length - 1;
      if (ua !== undefined) lines.push(`${amount(ua)}${i >= 0 ? `, cell ${values.percent[i]} %` : ''}`);
    }
    readout.textContent = lines.join('\n');
    const box = figure.getBoundingClientRect(), x = e.clientX - box.left;
    readout.style.left = x > box.width * .7 ? '' : x + 14 + 'px';
    readout.style.right = x > box.width * .7 ? box.width - x + 14 + 'px' : '';
    readout.style.top = e.clientY - box.top + 16 + 'px';
  }

  svg.addEventListener('pointermove', e => {
    const t = timeAt(e);
    cursor.toggleAttribute('hidden', t === null);
    readout.hidden = t === null;
    if (t === null) return;
    cursor.setAttribute('d', `M${xOf(t)} ${top}V${bottom}`);
    tell(e, t);
    if (pressed === null) return;
    drawn ??= svg.appendChild(document.createElementNS(svg.namespaceURI, 'rect'));
    drawn.setAttribute('class', 'drawn');
    const a = xOf(Math.min(pressed, t)), b = xOf(Math.max(pressed, t));
    for (const [name, value] of Object.entries({ x: a, width: b - a, y: top, height: bottom - top })) drawn.setAttribute(name, value);
  });
  svg.addEventListener('pointerdown', e => { pressed = timeAt(e); });
  svg.addEventListener('pointerup', e => {
    const t = timeAt(e);
    if (pressed !== null && t !== null && Math.abs(xOf(t) - xOf(pressed)) > 6) {
      [from, to] = [Math.min(pressed, t), Math.max(pressed, t, Math.min(pressed, t) + 2000)];
      show();
    }
    pressed = null;
    drawn?.remove();
    drawn = null;
  });
  svg.addEventListener('pointerleave', () => { cursor.setAttribute('hidden', ''); readout.hidden = true; });
  svg.addEventListener('dblclick', () => { from = 0; to = end; show(); });
  svg.style.userSelect = 'none';
}

function moveAbout(svg) {
  const whole = svg.getAttribute('viewBox').split(' ').map(Number);
  let box = [...whole], grip = null;
  const show = () => { svg.setAttribute('viewBox', box.join(' ')); svg.style.setProperty('--k', box[2] / whole[2]); };
  const at = e => new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
  svg.addEventListener('wheel', e => {
    if (!e.ctrlKey) return;
    e.preventDefault();
    const p = at(e), k = Math.min(1, Math.max(1 / 40, box[2] / whole[2] * (e.deltaY > 0 ? 1.25 : .8))) / (box[2] / whole[2]);
    box = [p.x - (p.x - box[0]) * k, p.y - (p.y - box[1]) * k, box[2] * k, box[3] * k];
    show();
  }, { passive: false });
  svg.addEventListener('pointerdown', e => { grip = at(e); svg.setPointerCapture(e.pointerId); });
  svg.addEventListener('pointermove', e => {
    if (!grip) return;
    const p = at(e);
    box[0] += grip.x - p.x;
    box[1] += grip.y - p.y;
    show();
  });
  svg.addEventListener('pointerup', () => { grip = null; });
  svg.addEventListener('dblclick', () => { box = [...whole]; show(); });
}

document.querySelectorAll('figure.timeline').forEach(lookAt);
document.querySelectorAll('svg.map').forEach(moveAbout);
