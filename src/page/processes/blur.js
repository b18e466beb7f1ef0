// Processes that blur: x_t = alpha B_t x_0 + sigma eps, where B_t leaves a share of each frequency of the
// cosine transform. As src/core/processes computes it (blur.cpp, blur_path.cpp), to the rounding of
// float64.
'use strict';

// What heat that has spread for a time leaves of each of `count` frequencies along a line of `length`.
function heatLeft(count, length, time) {
  return Float64Array.from({length: count}, (_, k) => Math.exp(-((Math.PI * k / length) ** 2) * time));
}

// A bridge between a and c at m for each frequency of an image, or of the lowest of them.
class FrequencyBridge {
  constructor(schedule, [a, m, c], frequencies) {
    Object.assign(this, {schedule, a, m, c, frequencies});
  }

  // alpha_{t|s} as tables: what it is at (i, j) keptAt() says.
  kept(s, t, alpha) {
    const {frequencies: {rows, columns, height, width}, schedule: {blur, least}} = this;
    const [begin, end] = [blur[s] ** 2 / 2, blur[t] ** 2 / 2];
    const left = (time) => ({rows: heatLeft(rows, height, time), columns: heatLeft(columns, width, time)});
    // What is left at s may be too little for a double, while its share at t is not.
    if (least[t] === 0) return {alpha, least: 0, now: left(end - begin)};
    return {alpha, least: least[t], now: left(end), before: left(begin)};
  }

  keptAt({alpha, least, now, before}, i, j) {
    if (least === 0) return alpha * (now.rows[i] * now.columns[j]);
    const share = (left) => least + (1 - least) * (left.rows[i] * left.columns[j]);
    return alpha * share(now) / share(before);
  }

  prepare() {
    const {schedule: {ratios, sigma}, a, m, c} = this;
    this.before ??= this.kept(a, m, ratios[2 * m - 2]);
    this.after ??= this.kept(m, c, ratios[2 * m - 1]);
    this.variances = [sigma[a] ** 2, sigma[m] ** 2, sigma[c] ** 2];
  }

  // What the states at a and c and a Gaussian are multiplied by, into `out`.
  weights(i, j, out) {
    const [varianceA, varianceM, varianceC] = this.variances;
    const kept = this.keptAt(this.before, i, j);
    const keptAfter = this.keptAt(this.after, i, j);
    const added = Math.max(0, varianceM - kept * kept * varianceA);
    const addedAfter = Math.max(0, varianceC - keptAfter * keptAfter * varianceM);
    const both = addedAfter + keptAfter * keptAfter * added;
    const follows = !(both > 0);
    out[0] = follows ? kept : kept * addedAfter / both;
    out[1] = follows ? 0 : keptAfter * added / both;
    out[2] = follows ? 0 : Math.sqrt(added * addedAfter / both);
  }
}

// Noise whose Markov chain is one for each frequency. A preview has the lowest frequencies of the
// whole: each numbered as the sample at its row and column.
class FrequencyNoise extends NoiseField {
  get frequencies() {
    const {image: {width, height}} = this;
    return {rows: this.height, columns: this.width, width, height};
  }

  planOf(schedule, {path, seed, t}) {
    this.isOfFrequencies = path === 'markov';
    return planOf(schedule, path, seed, t, (a, m, c) => {
      if (m === c) return [0, 0, fround(schedule.sigma[c])];
      return new FrequencyBridge(schedule, [a, m, c], this.frequencies);
    });
  }

  drawRow(seedLow, seedHigh, step, n, between, at) {
    if (!this.isOfFrequencies) return super.drawRow(seedLow, seedHigh, step, n, between, at);
    super.drawRow(seedLow, seedHigh, step, n / this.stride, this.channels, at);
  }

  mix(piece, a, c, at, weights) {
    if (!(weights instanceof FrequencyBridge)) return super.mix(piece, a, c, at, weights);
    weights.prepare();
    const {floats, channels, width} = this;
    const mixed = [0, 0, 0];
    let pixel = piece * this.pieceSamples / channels;
    for (const end = at + this.count(piece); at < end; ++pixel) {
      weights.weights(Math.floor(pixel / width), pixel % width, mixed);
      const [weightA, weightC, weight] = mixed;
      for (const next = at + channels; at < next; ++at, ++a, ++c) {
        floats[at] = weightA * floats[a] + weightC * floats[c] + weight * floats[at];
      }
    }
  }
}

// x_t of the whole image at once, since each sample is of all frequencies.
class BlurredField extends FrequencyNoise {
  constructor(image, stride, steps) {
    super(image, stride, steps);
    this.transform = new PlaneTransform(this.width, this.height);
    this.plane = new Float64Array(this.width * this.height);
    this.seen = new Float32Array(this.samplesInAll);
    this.whole = new Float32Array(this.samplesInAll);
  }

  *prepare(schedule, question) {
    const plan = this.planOf(schedule, question);
    yield* this.see(schedule, question.t);
    for (let piece = this.first; piece < this.end; ++piece) {
      this.whole.set(this.noise(piece, plan), piece * this.pieceSamples);
      yield;
    }
    if (this.isOfFrequencies && question.t > 0) {
      for (let c = 0; c < this.channels; ++c) {
        this.take(this.whole, c);
        yield* this.transform.inverse(this.plane);
        this.put(this.whole, c);
      }
    }
    for (let i = 0; i < this.whole.length; ++i) {
      this.whole[i] = xOf(fround(plan.alpha * this.seen[i]), plan.factor, this.whole[i]);
    }
  }

  // x_0 as the process has it at t.
  *see(schedule, t) {
    const [sigma, least] = [schedule.blur[t], schedule.least[t]];
    const {rows, columns, width, height} = this.frequencies;
    if (sigma === 0) {
      const x = scaledImage(1);
      for (let piece = this.first; piece < this.end; ++piece) {
        this.seen.set(Float32Array.from(this.clean(piece), (v) => x[v]), piece * this.pieceSamples);
      }
      return;
    }
    const left = {rows: heatLeft(rows, height, sigma ** 2 / 2),
                  columns: heatLeft(columns, width, sigma ** 2 / 2)};
    // The lowest frequencies of an image are a smaller one.
    const scale = Math.sqrt(rows * columns / (width * height));
    const planes = yield* frequenciesOf(this.image);
    for (let c = 0; c < this.channels; ++c) {
      for (let i = 0, at = 0; i < rows; ++i) {
        for (let j = 0; j < columns; ++j, ++at) {
          const share = least + (1 - least) * (left.rows[i] * left.columns[j]);
          this.plane[at] = share * scale * planes[c][i * width + j];
        }
      }
      yield* this.transform.inverse(this.plane);
      this.put(this.seen, c);
    }
  }

  // One channel of all samples to the plane, and back.
  take(samples, channel) {
    for (let i = 0; i < this.plane.length; ++i) this.plane[i] = samples[i * this.channels + channel];
  }

  put(samples, channel) {
    for (let i = 0; i < this.plane.length; ++i) samples[i * this.channels + channel] = this.plane[i];
  }

  samples(piece) {
    const at = piece * this.pieceSamples;
    return this.whole.subarray(at, at + this.count(piece));
  }
}

const kFrequencies = new WeakMap();  // by image

// The cosine transforms of the channels of x_0.
function* frequenciesOf(image) {
  if (kFrequencies.has(image)) return kFrequencies.get(image);
  const {width, height, channels, colour} = image;
  const x = scaledImage(1);
  const transform = new PlaneTransform(width, height);
  const planes = [];
  for (let c = 0; c < channels; ++c) {
    const plane = Float64Array.from({length: width * height}, (_, i) => x[colour[i * channels + c]]);
    yield* transform.forward(plane);
    planes.push(plane);
  }
  kFrequencies.set(image, planes);
  return planes;
}
