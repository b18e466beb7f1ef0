// D3PM: values that are drawn from the law of x_t, or walk along its chain, sample by sample as
// src/core/processes draws them.
'use strict';

const kMostKeptValues = 64 << 20;  // of walks, from which others go on
const kPlacesKept = 24;            // along a walk, where there is room

// x_t of an image in pieces.
class DiscreteField extends Pieces {
  constructor(image, stride, steps, index, shares, transition) {
    super(image, stride, index, shares);
    this.transition = transition;
    this.words = new Uint32Array(this.pieceSamples);
    this.values = new Uint8Array(this.pieceSamples);
    this.scaled = scaledImage(1);
    const room = Math.floor(kMostKeptValues / Math.max(1, (this.end - this.first) * this.pieceSamples));
    this.between = Math.ceil(steps / Math.max(1, Math.min(kPlacesKept, room - 1)));
    this.walks = new Array(this.end - this.first);
  }

  *prepare(schedule, {path, seed, t}) {
    Object.assign(this, {t, ...halvesOf(seed), changed: 0});
    const chain = chainOf(schedule, this.transition);
    const isMarkov = path === 'markov';
    this.key = `${seed} ${schedule.label}`;
    this.stream = path === 'independent' ? t : 0;
    if (t === 0) {
      this.drawn = (piece, clean) => clean;
    } else if (isMarkov && chain.jumps) {
      this.drawn = (piece, clean) => this.jumped(piece, clean, chain.jumps);
    } else if (isMarkov && chain.steps) {
      this.drawn = (piece, clean) => this.walked(piece, clean, chain.steps);
    } else {
      if (chain.boundsOf !== t) chain.bounds = yield* boundsAt(chain, schedule, t);
      chain.boundsOf = t;
      this.drawn = (piece, clean) => this.direct(piece, clean, chain.bounds);
    }
  }

  samples(piece) {
    const {scaled} = this;
    const clean = this.clean(piece);
    const values = this.drawn(piece, clean);
    const x = this.x.subarray(0, clean.length);
    for (let i = 0; i < x.length; ++i) {
      if (values[i] !== clean[i]) ++this.changed;
      x[i] = scaled[values[i]];
    }
    return x;
  }

  trial(piece) {
    Object.assign(this, {seedLow: 0, seedHigh: 0});
    this.draw(piece, 0);
  }

  // The number in the image of a piece's sample i.
  numberOf(piece, i) {
    return this.firstSample(piece) + i + Math.floor(i / this.channels) * (this.stride - 1) * this.channels;
  }

  // The words of a piece's samples.
  draw(piece, stream) {
    const {words, seedLow, seedHigh} = this;
    const step = kFirstStream + stream;
    const count = this.count(piece);
    if (this.stride === 1) {
      for (let i = 0, block = this.firstSample(piece) / 4; i < count; i += 4, ++block) {
        philox(seedLow, seedHigh, step, block, kWords, 0, 1);
        words[i] = kWords[0];
        words[i + 1] = kWords[1];
        words[i + 2] = kWords[2];
        words[i + 3] = kWords[3];
      }
      return;
    }
    let held = -1;
    for (let i = 0; i < count; ++i) {
      const n = this.numberOf(piece, i);
      if (n >>> 2 !== held) philox(seedLow, seedHigh, step, held = n >>> 2, kWords, 0, 1);
      words[i] = kWords[n & 3];
    }
  }

  direct(piece, clean, bounds) {
    this.draw(piece, this.stream);
    for (let i = 0; i < clean.length; ++i) this.values[i] = valueAt(bounds, clean[i], this.words[i]);
    return this.values;
  }

  jumped(piece, clean, jumps) {
    const {values, t} = this;
    for (let i = 0; i < clean.length; ++i) {
      values[i] = jumps.at(t, this, this.numberOf(piece, i), clean[i]);
    }
    return values;
  }

  // On from where a walk of this piece was last, or from a place on its way.
  walked(piece, clean, steps) {
    const {between, t, words} = this;
    let walk = this.walks[piece - this.first];
    if (!walk || walk.key !== this.key) {
      walk = {key: this.key, at: 0, values: clean.slice(), kept: [clean.slice()]};
      this.walks[piece - this.first] = walk;
    }
    const place = Math.min(walk.kept.length - 1, Math.floor(t / between));
    if (walk.at > t || walk.at < place * between) {
      walk.at = place * between;
      walk.values.set(walk.kept[place]);
    }
    const {values} = walk;
    while (walk.at < t) {
      const {bounds, guide} = steps(++walk.at);
      this.draw(piece, walk.at);
      for (let i = 0; i < values.length; ++i) {
        const word = words[i];
        let at = guide[word >>> 22];
        while (bounds[at] <= word) ++at;
        const value = values[i] + at - (kStates - 1);
        if (value >= 0 && value < kStates) values[i] = value;
      }
      if (walk.at === walk.kept.length * between) walk.kept.push(values.slice());
    }
    return values;
  }
}
