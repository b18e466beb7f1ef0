// qsample's noise, in exactly qsample's bits: Philox4x32-10, Box-Muller in float32, and the paths on
// which x_t lies. It is what src/core computes (noise_kernels.cpp, path.cpp), and knows no document,
// so that a worker and node can run it.
//
// Each operation on floats is rounded by itself: the sum, product or root of two float32, computed in
// float64 and rounded once more, is what float32 itself gives.
'use strict';

const fround = Math.fround;

// The four words of block number `block` + 2^32 `high` into `words`; Gaussians have less than 2^32
// blocks. `kind` is 0 of Gaussians and 1 of uniforms.
function philox(seedLow, seedHigh, step, block, words, high = 0, kind = 0) {
  let c0 = block | 0, c1 = high, c2 = step | 0, c3 = kind;
  let k0 = seedLow | 0, k1 = seedHigh | 0;
  for (let round = 0; round < 10; ++round) {
    const low0 = Math.imul(c0, 0xD2511F53);
    const low1 = Math.imul(c2, 0xCD9E8D57);
    // Without its low word the product is a multiple of 2^32, from which its rounding leads less
    // than halfway to another.
    const high0 = (((c0 >>> 0) * 0xD2511F53 - (low0 >>> 0)) * 2 ** -32 + 0.5) >>> 0;
    const high1 = (((c2 >>> 0) * 0xCD9E8D57 - (low1 >>> 0)) * 2 ** -32 + 0.5) >>> 0;
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9E3779B9) | 0;
    k1 = (k1 + 0xBB67AE85) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

// A float and its bits.
const kFloat = new Float32Array(1);
const kBits = new Int32Array(kFloat.buffer);

const [kLn0, kLn1, kLn2, kLn3, kLn4, kLn5, kLn6, kLn7] = Float32Array.of(
    -0.0763421389256, 0.127614027111, -0.131602049471, 0.142017842846, -0.166233581293,
    0.200012257964, -0.25000820982, 0.333333317182);
const [kLnTwoRest, kLnTwo] = Float32Array.of(-2.12194440e-4, 0.693359375);

// sqrt(-2 ln u), u = fl(w >> 1) 2^-31 + 2^-32.
function radius(w) {
  kFloat[0] = fround(fround(w >>> 1) * 2 ** -31) + 2 ** -32;
  const offset = (kBits[0] - 0x3F3504F3) | 0;
  const k = offset >> 23;
  kBits[0] = (offset & 0x007FFFFF) + 0x3F3504F3;
  const f = fround(kFloat[0] - 1);
  const f2 = fround(f * f);
  let p = fround(fround(kLn0 * f) + kLn1);
  p = fround(fround(p * f) + kLn2);
  p = fround(fround(p * f) + kLn3);
  p = fround(fround(p * f) + kLn4);
  p = fround(fround(p * f) + kLn5);
  p = fround(fround(p * f) + kLn6);
  p = fround(fround(p * f) + kLn7);
  let ln = fround(fround(p * f2) * f);
  ln = fround(ln + fround(k * kLnTwoRest));
  ln = fround(ln - fround(f2 * 0.5));
  ln = fround(ln + f);
  ln = fround(ln + fround(k * kLnTwo));
  return fround(Math.sqrt(fround(ln * -2)));
}

const kTurn = 0x1921FB6 * 2 ** -54;  // 2 pi 2^-32, as a float32
const [kSine0, kSine1, kSine2] =
    Float32Array.of(-0.000195172988878, 0.00833217814491, -0.166666549437);
const [kCosine0, kCosine1, kCosine2] =
    Float32Array.of(2.44384529413e-5, -0.00138873675298, 0.0416666468668);

// Of an angle within an eighth of a turn to both sides of 0, and its square.
function sineOf(a, a2) {
  let s = fround(fround(kSine0 * a2) + kSine1);
  s = fround(fround(s * a2) + kSine2);
  return fround(fround(fround(s * a2) * a) + a);
}

function cosineOf(a2) {
  let c = fround(fround(kCosine0 * a2) + kCosine1);
  c = fround(fround(c * a2) + kCosine2);
  c = fround(fround(fround(c * a2) * a2) - fround(a2 * 0.5));
  return fround(c + 1);
}

// The Gaussians r sin and r cos of 2 pi w 2^-32, r being radius(v).
function drawPair(v, w, out, sineAt, cosineAt) {
  const r = radius(v);
  const quarter = (w + 0x20000000) >>> 30;
  const a = fround(fround((w - (quarter << 30)) | 0) * kTurn);
  const a2 = fround(a * a);
  const s = sineOf(a, a2);
  const c = cosineOf(a2);
  const sine = quarter & 1 ? c : s;
  const cosine = quarter & 1 ? s : c;
  out[sineAt] = r * (quarter & 2 ? -sine : sine);
  out[cosineAt] = r * ((quarter + 1) & 2 ? -cosine : cosine);
}

// One of the two: that of the sine for `which` = 0, of the cosine for 1.
function drawOne(v, w, which) {
  const quarter = (w + 0x20000000) >>> 30;
  const a = fround(fround((w - (quarter << 30)) | 0) * kTurn);
  const a2 = fround(a * a);
  const value = (quarter & 1) === which ? sineOf(a, a2) : cosineOf(a2);
  return radius(v) * ((quarter + which) & 2 ? -value : value);
}

const kWords = new Int32Array(4);

// The Gaussians of `groups` groups of sixty-four samples from 64 * group on, at out[at].
function drawGroups(seedLow, seedHigh, step, group, groups, out, at) {
  for (let end = group + groups; group < end; ++group, at += 64) {
    for (let i = 0; i < 16; ++i) {
      philox(seedLow, seedHigh, step, 16 * group + i, kWords);
      drawPair(kWords[0], kWords[1], out, at + i, at + 16 + i);
      drawPair(kWords[2], kWords[3], out, at + 32 + i, at + 48 + i);
    }
  }
}

// The Gaussian of sample n.
function drawSample(seedLow, seedHigh, step, n) {
  philox(seedLow, seedHigh, step, 16 * (n >>> 6) + (n & 15), kWords);
  const from = (n >> 4) & 2;
  return drawOne(kWords[from], kWords[from + 1], (n >> 4) & 1);
}

// A seed of 64 bits, as the program takes it: in decimal or as 0x1F, a negative one greater by 2^64.
// Null for what is none.
function parseSeed(text) {
  if (!/^(-?\d+|0[xX][0-9a-fA-F]+)$/.test(text)) return null;
  const value = BigInt(text);
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return null;
  return BigInt.asUintN(64, value);
}

// The two halves of a seed.
function halvesOf(seed) {
  return {seedLow: Number(BigInt.asIntN(32, seed)), seedHigh: Number(BigInt.asIntN(32, seed >> 32n))};
}

// What is drawn for x_t, in order: each draw a Gaussian of its own step, along a Markov path mixed
// with the noise at the two ends of the interval that it halves. The last is the noise of x_t.
//
// `a` and `c` are the numbers of the draws at the ends, from 1; 0 is no noise at all. Draws that
// begin the plans of two timesteps alike are the same draws. `factor` is what the noise is
// multiplied by. weightsOf(a, m, c) says how the noise at m is mixed of that at a, that at c and a
// Gaussian; at the end m is c.
function planOf(schedule, path, seed, t, weightsOf = (a, m) => storedWeights(schedule, m)) {
  const key = `${path} ${seed} ${path === 'markov' ? schedule.label : ''}`;
  const plan = {
    key, draws: [], ...halvesOf(seed),
    alpha: fround(schedule.alpha[t]), factor: fround(schedule.sigma[t]),
  };
  if (path !== 'markov') {
    plan.draws.push({step: path === 'shared' ? 0 : t, weights: null});
    return plan;
  }
  plan.factor = 1;
  if (t === 0) return plan;
  let [a, c] = [0, schedule.steps];
  let atA = 0;
  let atC = plan.draws.push({step: c, a: 0, c: 0, weights: weightsOf(a, c, c)});
  while (c !== t) {
    const middle = a + ((c - a) >> 1);
    const weights = weightsOf(a, middle, c);
    const at = plan.draws.push({step: middle, a: atA, c: atC, weights});
    if (middle === t) break;
    if (t < middle) [c, atC] = [middle, at];
    else [a, atA] = [middle, at];
  }
  return plan;
}

function storedWeights({bridges}, m) {
  return bridges.subarray(3 * m - 3, 3 * m);
}

// The most draws that a plan has.
function mostDraws(steps) {
  return 2 + Math.floor(Math.log2(steps));
}

const kMostKept = 48 << 20;   // floats of draws that are kept for the next timestep

// The noise of an image in pieces, and x_t = alpha x_0 + sigma eps. Where there is room, it keeps the
// draws of its pieces: then a timestep costs only those in which its plan differs from the last.
class NoiseField extends Pieces {
  constructor(image, stride, steps, index = 0, shares = 1) {
    super(image, stride, index, shares);
    this.levels = mostDraws(steps);
    const kept = this.end - this.first;
    this.keeps = kept * this.levels * this.pieceSamples <= kMostKept;
    // Behind one slot of zeros, one for each draw.
    this.floats = new Float32Array(this.pieceSamples * (1 + this.levels * (this.keeps ? kept : 1)));
    this.held = new Int32Array(kept * this.levels);  // the steps of the draws, from 1
    this.keys = new Array(kept);
  }

  *prepare(schedule, {path, seed, t}) {
    this.plan = planOf(schedule, path, seed, t);
    this.scaled = scaledImage(this.plan.alpha);
  }

  samples(piece) {
    const {scaled, plan: {factor}} = this;
    const noise = this.noise(piece, this.plan);
    const clean = this.clean(piece);
    const x = this.x.subarray(0, noise.length);
    for (let i = 0; i < x.length; ++i) x[i] = xOf(scaled[clean[i]], factor, noise[i]);
    return x;
  }

  trial(piece) {
    this.draw(piece, {seedLow: 0, seedHigh: 0}, {step: 0, weights: null}, 1);
  }

  // Where a piece's draws are, from 1; 0 is no noise at all.
  slot(piece, draw) {
    if (draw === 0) return 0;
    return this.pieceSamples * (draw + this.levels * (this.keeps ? piece - this.first : 0));
  }

  // The noise of a piece, from `first` to `end`; valid until the next is asked for.
  noise(piece, plan) {
    const kept = piece - this.first;
    const held = this.held.subarray(kept * this.levels, (kept + 1) * this.levels);
    let isSame = this.keeps && this.keys[kept] === plan.key;
    this.keys[kept] = plan.key;
    plan.draws.forEach((draw, i) => {
      isSame = isSame && held[i] === draw.step + 1;
      if (isSame) return;
      this.draw(piece, plan, draw, i + 1);
      held[i] = draw.step + 1;
    });
    if (!isSame) held.fill(0, plan.draws.length);
    const at = this.slot(piece, plan.draws.length);
    return this.floats.subarray(at, at + this.count(piece));
  }

  draw(piece, {seedLow, seedHigh}, {step, a, c, weights}, number) {
    const at = this.slot(piece, number);
    const count = this.count(piece);
    if (this.stride === 1) {
      const group = piece * this.pieceSamples / 64;
      drawGroups(seedLow, seedHigh, step, group, Math.ceil(count / 64), this.floats, at);
    } else {
      this.drawRow(seedLow, seedHigh, step, this.firstSample(piece), this.stride * this.channels, at);
    }
    if (weights !== null) this.mix(piece, this.slot(piece, a), this.slot(piece, c), at, weights);
  }

  // The Gaussians of pixels that are `between` samples apart, from sample n on.
  drawRow(seedLow, seedHigh, step, n, between, at) {
    const {channels, width, floats} = this;
    for (let x = 0; x < width; ++x, n += between) {
      for (let c = 0; c < channels; ++c) {
        floats[at++] = drawSample(seedLow, seedHigh, step, n + c);
      }
    }
  }

  // What is at `at` becomes the sum of what is at a, at c and there, each times its weight.
  mix(piece, a, c, at, [weightA, weightC, weight]) {
    const {floats} = this;
    for (const end = at + this.count(piece); at < end; ++at, ++a, ++c) {
      floats[at] = fround(fround(weightA * floats[a]) + fround(weightC * floats[c])) +
                   fround(weight * floats[at]);
    }
  }
}

// x of each 8-bit sample, times alpha.
function scaledImage(alpha) {
  const scaled = new Float32Array(256);
  const unit = fround(1 / 255);
  for (let v = 0; v < 256; ++v) scaled[v] = alpha * fround((2 * v - 255) * unit);
  return scaled;
}

// x_t = alpha x_0 + factor noise of one sample, `scaledX0` being alpha x_0.
function xOf(scaledX0, factor, noise) {
  return fround(scaledX0 + fround(factor * noise));
}

// The 8-bit sample of x before it is rounded: an array of clamped bytes rounds it half to even, and
// clamps it.
function sampleOf(x) {
  return fround(fround(x + 1) * 127.5);
}
