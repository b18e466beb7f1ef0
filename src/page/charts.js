// The curves of the schedules over t, and the histogram of x_t beside what it comes to, as SVG.
'use strict';

const kHeight = 92;
const kRoom = {left: 34, right: 10, top: 8, bottom: 18};

function svgElement(parent, name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

function shortNumber(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(0).replace('+', '');
  return String(Number(value.toPrecision(3))).replace('-', '\u2212');
}

// Round numbers, two to five or six of them, between two.
function ticksBetween(low, high) {
  const rough = (high - low) / 5 * (1 - 1e-9);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 5, 10].map((unit) => unit * power).find((size) => size >= rough);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high * (1 + 1e-9); ++i) ticks.push(i * step);
  return ticks;
}

// An SVG that is drawn anew in each width.
class Chart {
  constructor(svg, height) {
    this.svg = svg;
    this.height = height;
    svg.classList.add('chart');
    svg.style.height = `${height}px`;
    new ResizeObserver(() => {
      if (svg.clientWidth !== this.width) this.draw();
    }).observe(svg);
  }

  begin() {
    this.width = this.svg.clientWidth;
    this.svg.replaceChildren();
    this.svg.setAttribute('viewBox', `0 0 ${this.width} ${this.height}`);
  }

  x(share) {
    return kRoom.left + share * (this.width - kRoom.left - kRoom.right);
  }

  y(share) {
    return this.height - kRoom.bottom - share * (this.height - kRoom.top - kRoom.bottom);
  }

  line(points) {
    return points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  }

  text(x, y, words, anchor) {
    svgElement(this.svg, 'text', {x, y, 'text-anchor': anchor}).textContent = words;
  }
}

// value(schedule, t) over t of all schedules, the chosen one before the others; a marker that can be
// dragged.
class CurveChart extends Chart {
  constructor(svg, {schedules, offset, value, isTrimmed, onStep}) {
    super(svg, kHeight);
    Object.assign(this, {schedules, offset, value, isTrimmed, chosen: 0, t: 0});
    this.last = Math.max(...schedules.map((schedule) => schedule.steps));
    this.measure();
    svg.classList.add('draggable');
    const step = (event) => {
      const share = (event.clientX - svg.getBoundingClientRect().left - this.x(0)) /
                    (this.x(1) - this.x(0));
      onStep(Math.round(share * this.last), event.type !== 'pointerup');
    };
    svg.addEventListener('pointerdown', (event) => {
      svg.setPointerCapture(event.pointerId);
      step(event);
    });
    svg.addEventListener('pointermove', (event) => {
      if (svg.hasPointerCapture(event.pointerId)) step(event);
    });
    svg.addEventListener('pointerup', step);
  }

  // The range of values: of those that are finite, and where it `isTrimmed`, that grow beyond all
  // bounds at both ends, of nearly all.
  measure() {
    const values = [];
    for (const schedule of this.schedules) {
      for (let t = 0; t <= schedule.steps; ++t) {
        const value = this.value(schedule, t);
        if (Number.isFinite(value)) values.push(value);
      }
    }
    values.sort((a, b) => a - b);
    const end = this.isTrimmed ? Math.floor(values.length / 250) : 0;
    this.low = Math.min(0, values[end]);
    this.high = Math.max(this.low + 1e-6, values[values.length - 1 - end]);
  }

  share(value) {
    return Math.min(1, Math.max(0, (value - this.low) / (this.high - this.low)));
  }

  set(chosen, t) {
    const isAnother = chosen !== this.chosen;
    Object.assign(this, {chosen, t});
    if (isAnother || !this.marker) this.draw();
    else this.mark();
  }

  draw() {
    this.begin();
    const {svg} = this;
    const zero = this.y(this.share(0));
    svgElement(svg, 'path', {class: 'axis', d: `M${this.x(0)} ${this.y(1)}V${this.y(0)}M${this.x(0)} ${zero}H${this.x(1)}`});
    for (const tick of ticksBetween(this.low, this.high)) {
      this.text(this.x(0) - 6, this.y(this.share(tick)) + 4, shortNumber(tick), 'end');
    }
    const y = this.height - 3;
    this.text(this.x(this.offset / this.last), y, '0', 'middle');
    this.text(this.x(1), y, String(this.last - this.offset), 'end');
    const order = this.schedules.map((_, i) => i).filter((i) => i !== this.chosen);
    for (const i of [...order, this.chosen]) {
      const curve = svgElement(svg, 'path', {
        class: i === this.chosen ? 'curve now' : 'curve', d: this.path(this.schedules[i])});
      curve.style.stroke = `var(--curve-${i % 6})`;
    }
    this.marker = svgElement(svg, 'path', {class: 'marker'});
    this.dot = svgElement(svg, 'circle', {class: 'dot', r: 5});
    this.mark();
  }

  path(schedule) {
    const points = [];
    const count = Math.max(1, Math.min(schedule.steps, Math.ceil(this.width)));
    for (let i = 0; i <= count; ++i) {
      const t = Math.round(i * schedule.steps / count);
      points.push([this.x(t / this.last), this.y(this.share(this.value(schedule, t)))]);
    }
    return this.line(points);
  }

  mark() {
    const x = this.x(this.t / this.last);
    this.marker.setAttribute('d', `M${x} ${this.y(1)}V${this.y(0)}`);
    this.dot.setAttribute('cx', x);
    const value = this.value(this.schedules[this.chosen], this.t);
    this.dot.setAttribute('cy', this.y(this.share(value)));
  }
}

// Of the samples of a frame, as a density up to `most`; beside another, whose name stands at x = `at`.
class HistogramChart extends Chart {
  constructor(svg, reach, {most, density, name, at}) {
    super(svg, 150);
    Object.assign(this, {reach, most, density, name, at});
    this.frame = null;
    if (name) svg.setAttribute('aria-label', `Histogram of the samples beside ${name}`);
  }

  set(frame) {
    this.frame = frame;
    if (this.bars && this.width === this.svg.clientWidth) this.fill();
    else this.draw();
  }

  draw() {
    this.begin();
    const {svg, reach} = this;
    svgElement(svg, 'path', {class: 'axis', d: `M${this.x(0)} ${this.y(0)}H${this.x(1)}`});
    const at = (value) => this.x((value + reach) / (2 * reach));
    for (let value = -Math.floor(reach); value <= reach; value += reach > 2 ? 1 : 0.5) {
      this.text(at(value), this.height - 3, shortNumber(value), 'middle');
    }
    this.bars = svgElement(svg, 'path', {class: 'bars'});
    if (this.density) {
      const line = [];
      for (let value = -reach; value <= reach; value += reach / 80) {
        line.push([at(value), this.y(this.density(value) / this.most)]);
      }
      svgElement(svg, 'path', {class: 'bell', d: this.line(line)});
      const top = this.density(this.at) / this.most;
      this.text(at(this.at) + 8, this.y(top) - 8, this.name, 'start');
    }
    this.fill();
  }

  fill() {
    if (!this.frame) return;
    // The first and the last count are of what lies beyond.
    const counts = this.frame.counts.subarray(1, this.frame.counts.length - 1);
    const unit = this.frame.samples * 2 * this.reach / counts.length;
    let path = `M${this.x(0)} ${this.y(0)}`;
    counts.forEach((count, i) => {
      const top = this.y(Math.min(1.04, count / unit / this.most)).toFixed(1);
      path += `V${top}H${this.x((i + 1) / counts.length).toFixed(1)}`;
    });
    this.bars.setAttribute('d', `${path}V${this.y(0)}Z`);
  }
}
