// qsample's noise, in exactly qsample's bits: Philox4x32-10, Box-Muller in float32, and the paths on
// which x_t lies. It is what src/core computes (noise_kernels.cpp, path.cpp), and knows no document,
// so that a worker and node can run it.
'use strict';

// The arithmetic, on floats at byte addresses of `heap`. Each float32 operation is rounded by
// itself. It keeps to the subset of JavaScript that V8 compiles ahead, with true float32
// instructions ("asm.js": hence the |0 and the fround); for every other engine it is a function like
// another, and gives the same bits. The first 16 bytes are its own.
function noiseKernel(stdlib, foreign, heap) {
  'use asm';
  var imul = stdlib.Math.imul;
  var fround = stdlib.Math.fround;
  var sqrt = stdlib.Math.sqrt;
  var I32 = new stdlib.Int32Array(heap);
  var F32 = new stdlib.Float32Array(heap);
  // What philox() and turn() return.
  var word0 = 0, word1 = 0, word2 = 0, word3 = 0;
  var sine = fround(0), cosine = fround(0);

  // The four words of a block, of which an image has less than 2^32. The high half of a product is
  // put together from 16-bit halves.
  function philox(seedLow, seedHigh, step, block) {
    seedLow = seedLow | 0;
    seedHigh = seedHigh | 0;
    step = step | 0;
    block = block | 0;
    var c0 = 0, c1 = 0, c2 = 0, c3 = 0, round = 0, middle = 0, cross = 0, high0 = 0, high1 = 0;
    c0 = block;
    c2 = step;
    for (; (round | 0) < 10; round = (round + 1) | 0) {
      middle = ((imul(c0 & 0xFFFF, 0x1F53) >>> 16) + imul(c0 >>> 16, 0x1F53)) | 0;
      cross = imul(c0 & 0xFFFF, 0xD251);
      high0 = (imul(c0 >>> 16, 0xD251) + (middle >>> 16) + (cross >>> 16) +
               (((middle & 0xFFFF) + (cross & 0xFFFF)) >>> 16)) | 0;
      middle = ((imul(c2 & 0xFFFF, 0x8D57) >>> 16) + imul(c2 >>> 16, 0x8D57)) | 0;
      cross = imul(c2 & 0xFFFF, 0xCD9E);
      high1 = (imul(c2 >>> 16, 0xCD9E) + (middle >>> 16) + (cross >>> 16) +
               (((middle & 0xFFFF) + (cross & 0xFFFF)) >>> 16)) | 0;
      middle = imul(c2, 0xCD9E8D57);
      cross = imul(c0, 0xD2511F53);
      c0 = high1 ^ c1 ^ seedLow;
      c1 = middle;
      c2 = high0 ^ c3 ^ seedHigh;
      c3 = cross;
      seedLow = (seedLow + 0x9E3779B9) | 0;
      seedHigh = (seedHigh + 0xBB67AE85) | 0;
    }
    word0 = c0;
    word1 = c1;
    word2 = c2;
    word3 = c3;
  }

  // sqrt(-2 ln u), u = fl(w >> 1) 2^-31 + 2^-32.
  function radius(w) {
    w = w | 0;
    var k = fround(0), f = fround(0), f2 = fround(0), p = fround(0), ln = fround(0);
    var offset = 0;
    F32[0] = fround(fround(fround(w >>> 1 | 0) * fround(4.656612873077393e-10)) +
                    fround(2.3283064365386963e-10));
    offset = ((I32[0] | 0) - 0x3F3504F3) | 0;
    k = fround(offset >> 23);
    I32[0] = ((offset & 0x007FFFFF) + 0x3F3504F3) | 0;
    f = fround(fround(F32[0]) - fround(1.0));
    f2 = fround(f * f);
    p = fround(fround(fround(-0.0763421389256) * f) + fround(0.127614027111));
    p = fround(fround(p * f) + fround(-0.131602049471));
    p = fround(fround(p * f) + fround(0.142017842846));
    p = fround(fround(p * f) + fround(-0.166233581293));
    p = fround(fround(p * f) + fround(0.200012257964));
    p = fround(fround(p * f) + fround(-0.25000820982));
    p = fround(fround(p * f) + fround(0.333333317182));
    ln = fround(fround(p * f2) * f);
    ln = fround(ln + fround(k * fround(-2.12194440e-4)));
    ln = fround(ln - fround(f2 * fround(0.5)));
    ln = fround(ln + f);
    ln = fround(ln + fround(k * fround(0.693359375)));
    return fround(sqrt(fround(ln * fround(-2.0))));
  }

  // Sine and cosine of 2 pi w 2^-32.
  function turn(w) {
    w = w | 0;
    var a = fround(0), a2 = fround(0), s = fround(0), c = fround(0), other = fround(0);
    var quarter = 0;
    quarter = ((w + 0x20000000) | 0) >>> 30;
    a = fround(fround((w - (quarter << 30)) | 0) * fround(1.462918119976564e-9));
    a2 = fround(a * a);
    s = fround(fround(fround(-0.000195172988878) * a2) + fround(0.00833217814491));
    s = fround(fround(s * a2) + fround(-0.166666549437));
    s = fround(fround(fround(s * a2) * a) + a);
    c = fround(fround(fround(2.44384529413e-5) * a2) + fround(-0.00138873675298));
    c = fround(fround(c * a2) + fround(0.0416666468668));
    c = fround(fround(fround(c * a2) * a2) - fround(a2 * fround(0.5)));
    c = fround(c + fround(1.0));
    if (quarter & 1) {
      other = s;
      s = c;
      c = other;
    }
    if (quarter & 2) s = fround(-s);
    if ((quarter + 1) & 2) c = fround(-c);
    sine = s;
    cosine = c;
  }

  // The Gaussians of `groups` groups of sixty-four samples from 64 * group on.
  function fill(seedLow, seedHigh, step, group, groups, out) {
    seedLow = seedLow | 0;
    seedHigh = seedHigh | 0;
    step = step | 0;
    group = group | 0;
    groups = groups | 0;
    out = out | 0;
    var block = 0, end = 0;
    var r = fround(0);
    block = group << 4;
    end = (group + groups) << 4;
    for (; (block | 0) < (end | 0); block = (block + 1) | 0) {
      philox(seedLow, seedHigh, step, block);
      r = fround(radius(word0));
      turn(word1);
      F32[out >> 2] = fround(r * sine);
      F32[(out + 64) >> 2] = fround(r * cosine);
      r = fround(radius(word2));
      turn(word3);
      F32[(out + 128) >> 2] = fround(r * sine);
      F32[(out + 192) >> 2] = fround(r * cosine);
      out = (out + 4) | 0;
      if (!((block + 1) & 15)) out = (out + 192) | 0;
    }
  }

  // The Gaussians of samples n .. n + channels - 1, the same `skip` samples further on, and so for
  // `pixels` pixels.
  function pick(seedLow, seedHigh, step, n, channels, skip, pixels, out) {
    seedLow = seedLow | 0;
    seedHigh = seedHigh | 0;
    step = step | 0;
    n = n | 0;
    channels = channels | 0;
    skip = skip | 0;
    pixels = pixels | 0;
    out = out | 0;
    var pixel = 0, sample = 0, end = 0;
    for (; (pixel | 0) < (pixels | 0); pixel = (pixel + 1) | 0) {
      sample = n;
      end = (n + channels) | 0;
      for (; (sample | 0) < (end | 0); sample = (sample + 1) | 0) {
        philox(seedLow, seedHigh, step, ((sample >>> 6) << 4) + (sample & 15) | 0);
        turn(sample & 32 ? word3 : word1);
        F32[out >> 2] = fround(fround(radius(sample & 32 ? word2 : word0)) *
                               (sample & 16 ? cosine : sine));
        out = (out + 4) | 0;
      }
      n = (n + skip) | 0;
    }
  }

  // out = fa a + fc c + fz out, of `count` floats.
  function mix(a, fa, c, fc, fz, out, count) {
    a = a | 0;
    fa = fround(fa);
    c = c | 0;
    fc = fround(fc);
    fz = fround(fz);
    out = out | 0;
    count = count | 0;
    var end = 0;
    end = (out + (count << 2)) | 0;
    for (; (out | 0) < (end | 0); out = (out + 4) | 0) {
      F32[out >> 2] = fround(fround(fround(fa * fround(F32[a >> 2])) +
                                    fround(fc * fround(F32[c >> 2]))) +
                             fround(fz * fround(F32[out >> 2])));
      a = (a + 4) | 0;
      c = (c + 4) | 0;
    }
  }

  return {fill: fill, pick: pick, mix: mix};
}

// A seed of 64 bits, as the program takes it: in decimal or as 0x1F, a negative one greater by 2^64.
// Null for what is none.
function parseSeed(text) {
  if (!/^(-?\d+|0[xX][0-9a-fA-F]+)$/.test(text)) return null;
  const value = BigInt(text);
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return null;
  return BigInt.asUintN(64, value);
}

// What is drawn for x_t, in order: each draw a Gaussian of its own step, along a Markov path mixed
// with the noise at the two ends of the interval that it halves. The last is the noise of x_t.
//
// `a` and `c` are the numbers of the draws at the ends, from 1; 0 is no noise at all. Draws that
// begin the plans of two timesteps alike are the same draws. `factor` is what the noise is
// multiplied by.
function planOf(schedule, path, seed, t) {
  const key = `${path} ${seed} ${path === 'markov' ? schedule.label : ''}`;
  const plan = {
    key, draws: [], seedLow: Number(BigInt.asIntN(32, seed)),
    seedHigh: Number(BigInt.asIntN(32, seed >> 32n)),
    alpha: Math.fround(schedule.alpha[t]), factor: Math.fround(schedule.sigma[t]),
  };
  if (path !== 'markov') {
    plan.draws.push({step: path === 'shared' ? 0 : t, weights: null});
    return plan;
  }
  plan.factor = 1;
  if (t === 0) return plan;
  const draw = (step, a, c) => {
    const weights = schedule.bridges.subarray(3 * step - 3, 3 * step);
    return plan.draws.push({step, a, c, weights});
  };
  let [a, c] = [0, schedule.steps];
  let atA = 0;
  let atC = draw(c, 0, 0);
  while (c !== t) {
    const middle = a + ((c - a) >> 1);
    const at = draw(middle, atA, atC);
    if (middle === t) break;
    if (t < middle) [c, atC] = [middle, at];
    else [a, atA] = [middle, at];
  }
  return plan;
}

// The most draws that a plan has.
function mostDraws(steps) {
  return 2 + Math.floor(Math.log2(steps));
}

const kPiece = 4096;           // samples that are drawn at a time
const kMostKept = 192 << 20;   // bytes of draws that are kept for the next timestep
const kOwn = 64;               // bytes of the kernel

// The noise of an image, or of every `stride`-th pixel of every `stride`-th row, in pieces: runs of
// samples, or such rows. Where there is room, a piece keeps its draws, and a timestep costs only
// those in which its plan differs from the last.
class NoiseField {
  constructor(image, stride, steps) {
    const {width, height, channels} = image;
    this.stride = stride;
    this.channels = channels;
    this.width = Math.ceil(width / stride);
    this.height = Math.ceil(height / stride);
    this.rowSamples = width * channels;
    this.samples = this.width * this.height * channels;
    this.pieceSamples = stride === 1 ? kPiece : this.width * channels;
    this.pieces = Math.ceil(this.samples / this.pieceSamples);
    this.levels = mostDraws(steps);
    this.draws = 0;  // that have been made
    // One slot of zeros comes first.
    this.slotBytes = 4 * this.pieceSamples;
    const allBytes = this.pieces * this.levels * this.slotBytes;
    this.keeps = allBytes <= kMostKept;
    this.allocate(kOwn + this.slotBytes * (1 + this.levels * (this.keeps ? this.pieces : 1)));
    this.keys = new Array(this.pieces);
    this.held = new Int32Array(this.levels * this.pieces);
  }

  // The sizes that the kernel may have: powers of two, and multiples of 16 MiB.
  allocate(bytes) {
    let size = 1 << 16;
    while (size < bytes && size < 1 << 24) size *= 2;
    if (size < bytes) size = Math.ceil(bytes / (1 << 24)) * (1 << 24);
    const heap = new ArrayBuffer(size);
    this.floats = new Float32Array(heap);
    this.kernel = noiseKernel(globalThis, null, heap);
  }

  address(piece, level) {
    if (level === 0) return kOwn;
    return kOwn + this.slotBytes * (level + this.levels * (this.keeps ? piece : 0));
  }

  // The number of samples in a piece.
  count(piece) {
    return Math.min(this.pieceSamples, this.samples - piece * this.pieceSamples);
  }

  // The noise of a piece; valid until the next is asked for.
  noise(piece, plan) {
    const held = this.held.subarray(piece * this.levels, (piece + 1) * this.levels);
    let same = this.keeps && this.keys[piece] === plan.key;
    plan.draws.forEach((draw, i) => {
      same = same && held[i] === draw.step + 1;
      if (same) return;
      this.draw(piece, plan, draw, i + 1);
      held[i] = draw.step + 1;
      held.fill(0, i + 1);
    });
    this.keys[piece] = plan.key;
    const start = this.address(piece, plan.draws.length) / 4;
    return this.floats.subarray(start, start + this.count(piece));
  }

  draw(piece, plan, {step, a, c, weights}, level) {
    const {kernel, channels, stride} = this;
    const out = this.address(piece, level);
    const count = this.count(piece);
    this.draws += count;
    if (stride === 1) {
      const group = piece * this.pieceSamples / 64;
      kernel.fill(plan.seedLow, plan.seedHigh, step, group, Math.ceil(count / 64), out);
    } else {
      const first = piece * stride * this.rowSamples;
      kernel.pick(plan.seedLow, plan.seedHigh, step, first, channels, stride * channels,
                  this.width, out);
    }
    if (weights === null) return;
    kernel.mix(this.address(piece, a), weights[0], this.address(piece, c), weights[1], weights[2],
               out, count);
  }
}

// x of each 8-bit sample, times alpha.
function scaledImage(alpha) {
  const scaled = new Float32Array(256);
  const unit = Math.fround(1 / 255);
  for (let v = 0; v < 256; ++v) scaled[v] = alpha * Math.fround((2 * v - 255) * unit);
  return scaled;
}

// x_t = alpha x_0 + factor noise of one sample, `scaledX0` being alpha x_0.
function xOf(scaledX0, factor, noise) {
  return Math.fround(scaledX0 + Math.fround(factor * noise));
}

// The 8-bit sample of x before it is rounded: an array of clamped bytes rounds it half to even, and
// clamps it.
function sampleOf(x) {
  return Math.fround(Math.fround(x + 1) * 127.5);
}
