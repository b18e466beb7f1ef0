// The laws of D3PM's chains of values 0..255, as src/core/processes has them (discrete_chain.cpp,
// discrete_path.cpp): their bounds are the same but for the rounding of sums in float64, which words of 32
// bits do not see.
'use strict';

const kStates = 256;
const kMask = 128;
const kFirstStream = 2 ** 31 + 2 ** 20;  // as the step of a Philox counter

// Probabilities as bounds of 32-bit words: the word w stands for the first i with w < bounds[i].
function boundsOf(law, bounds = new Float64Array(law.length)) {
  let sum = 0;
  for (let i = 0; i < law.length; ++i) {
    sum += law[i];
    const bound = Math.min(1, Math.max(0, sum)) * 2 ** 32;
    const below = Math.floor(bound);
    bounds[i] = bound - below < 0.5 ? below : below + 1;
  }
  bounds[law.length - 1] = 2 ** 32;
  return bounds;
}

// The law of a step of the discretised Gaussian chain: p(-255)..p(255), and the greatest d of a p(d)
// that is not 0.
function gaussianSteps(beta) {
  const last = kStates - 1;
  const law = new Float64Array(2 * kStates - 1);
  let sum = 1;
  for (let d = 1; d < kStates; ++d) {
    const share = 2 * d / last;
    law[last + d] = Math.exp(-share * share / beta);
    sum += 2 * law[last + d];
  }
  law[last] = 1 / sum;
  let reach = 0;
  for (let d = 1; d < kStates; ++d) {
    const here = law[last + d] / sum;
    law[last + d] = law[last - d] = here < 1e-24 ? 0 : here;
    if (law[last + d] > 0) reach = d;
  }
  return {law, reach};
}

const kHalf = kStates / 2;

// Q_1 .. Q_t of the discretised Gaussian chain. Each Q is the same read from the other end, so that it
// takes even rows to even ones and odd to odd: two products of half the size, from steps on the way
// that are kept.
class Products {
  constructor(schedule) {
    this.betas = schedule.betas;
    this.between = Math.max(1, Math.ceil(schedule.steps / 48));
    const one = new Float64Array(kHalf * kHalf);
    for (let i = 0; i < kHalf; ++i) one[i * kHalf + i] = 1;
    this.kept = [[one, one]];
    this.t = 0;  // which it has last
    this.parts = this.kept[0];
  }

  // Pauses after each step; gives the even and the odd part.
  *at(t) {
    const place = Math.min(Math.floor(t / this.between), this.kept.length - 1);
    if (this.t > t || this.t < place * this.between) {
      this.t = place * this.between;
      this.parts = this.kept[place];
    }
    while (this.t < t) {
      this.parts = this.stepped(this.parts, this.betas[this.t++]);
      if (this.t === this.kept.length * this.between) this.kept.push(this.parts);
      yield;
    }
    return this.parts;
  }

  stepped(parts, beta) {
    const {law, reach} = gaussianSteps(beta);
    const p = (d) => law[d + kStates - 1];
    const steps = [1, -1].map((sign) => {
      const matrix = new Float64Array(kHalf * kHalf);
      for (let i = 0; i < kHalf; ++i) {
        for (let j = 0; j < kHalf; ++j) {
          matrix[i * kHalf + j] = (i === j ? 0 : p(j - i)) + sign * p(kStates - 1 - j - i);
        }
        let leaves = 0;
        for (let j = Math.max(0, i - reach); j <= Math.min(kStates - 1, i + reach); ++j) {
          if (j !== i) leaves += p(j - i);
        }
        matrix[i * kHalf + i] += 1 - leaves;
      }
      return matrix;
    });
    return parts.map((part, i) => multiplied(part, steps[i], reach));
  }
}

// a b, of which b is symmetric and 0 from `reach` beside its diagonal on; four rows of one and two of
// the other at a time, so that each number that is read counts several times.
function multiplied(a, b, reach) {
  const out = new Float64Array(kHalf * kHalf);
  for (let i = 0; i < kHalf * kHalf; i += 4 * kHalf) {
    for (let j = 0; j < kHalf; j += 2) {
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      const first = Math.max(0, j - reach);
      const end = Math.min(kHalf, j + reach + 2);
      for (let k = first, at = i + first, row = j * kHalf + first; k < end; ++k, ++at, ++row) {
        const step = b[row];
        const next = b[row + kHalf];
        const x0 = a[at];
        const x1 = a[at + kHalf];
        const x2 = a[at + 2 * kHalf];
        const x3 = a[at + 3 * kHalf];
        a0 += x0 * step;
        a1 += x1 * step;
        a2 += x2 * step;
        a3 += x3 * step;
        b0 += x0 * next;
        b1 += x1 * next;
        b2 += x2 * next;
        b3 += x3 * next;
      }
      out[i + j] = a0;
      out[i + kHalf + j] = a1;
      out[i + 2 * kHalf + j] = a2;
      out[i + 3 * kHalf + j] = a3;
      out[i + j + 1] = b0;
      out[i + kHalf + j + 1] = b1;
      out[i + 2 * kHalf + j + 1] = b2;
      out[i + 3 * kHalf + j + 1] = b3;
    }
  }
  return out;
}

// q(x_t | x_0 = from) where there is a closed form.
function closedForm(transition, kept, from) {
  const law = new Float64Array(kStates);
  if (transition === 'uniform') law.fill((1 - kept) / kStates);
  else law[kMask] = 1 - kept;
  law[from] += kept;
  return law;
}

// q(x_t | x_0 = from) of the parts of a product.
function rowOf([even, odd], from) {
  const law = new Float64Array(kStates);
  const isMirrored = from >= kHalf;
  const row = (isMirrored ? kStates - 1 - from : from) * kHalf;
  for (let j = 0; j < kHalf; ++j) {
    const near = (even[row + j] + odd[row + j]) / 2;
    const far = (even[row + j] - odd[row + j]) / 2;
    law[j] = isMirrored ? far : near;
    law[kStates - 1 - j] = isMirrored ? near : far;
  }
  return law;
}

// Where a uniform falls among the values: the bounds of x_0 at 256 x_0.
function* boundsAt(chain, schedule, t) {
  const parts = chain.products ? yield* chain.products.at(t) : null;
  const bounds = new Float64Array(kStates * kStates);
  for (let from = 0; from < kStates; ++from) {
    const law = parts ? rowOf(parts, from) : closedForm(chain.transition, schedule.kept[t], from);
    boundsOf(law, bounds.subarray(from * kStates, (from + 1) * kStates));
  }
  return bounds;
}

function valueAt(bounds, from, word) {
  let at = from * kStates;
  for (let size = kHalf; size >= 1; size /= 2) {
    if (bounds[at + size - 1] <= word) at += size;
  }
  return at - from * kStates;
}

// How far words lead in a step of the Gaussian chain: that one by the place of its bound, which is found
// from where the words begin that have its first bits.
function gaussianJump(beta) {
  const bounds = boundsOf(gaussianSteps(beta).law);
  const guide = new Uint16Array(1024);
  for (let share = 0, at = 0; share < 1024; ++share) {
    while (bounds[at] <= share * 2 ** 22) ++at;
    guide[share] = at;
  }
  return {bounds, guide};
}

// Where the uniform chain jumps. Its rows are cut into stretches, in each of which the chance of no jump
// stays a number; `fresh` ones begin with a jump that is certain.
class UniformJumps {
  constructor({betas}) {
    this.stretches = [{before: 0, fresh: false}];
    this.ofRow = [0];
    this.still = [1];  // the chance of no jump since a row's stretch began
    let product = 1;
    betas.forEach((beta, before) => {
      if (beta >= 1) {
        this.stretches.push({before: before + 1, fresh: true});
        product = 1;
      } else {
        if (product < 2 ** -40) {
          this.stretches.push({before, fresh: false});
          product = 1;
        }
        product *= 1 - beta;
      }
      this.ofRow.push(this.stretches.length - 1);
      this.still.push(product);
    });
  }

  // The value of sample n at t.
  at(t, {seedLow, seedHigh}, n, clean) {
    let none = this.still[t];
    for (let stretch = this.ofRow[t]; stretch >= 0; --stretch) {
      const {before, fresh} = this.stretches[stretch];
      const found = this.lastJump(seedLow, seedHigh, before, n, none, fresh);
      if (found >= 0) return found;
      none = this.still[before];
    }
    return clean;
  }

  // Where the last jump leads before the chance of none has fallen to `none`; -1: there is none.
  lastJump(seedLow, seedHigh, before, n, none, fresh) {
    const step = kFirstStream + before;
    let found = -1;
    if (fresh) {
      philox(seedLow, seedHigh, step, n, kWords, 0, 1);
      found = kWords[1] >>> 24;
    }
    let product = 1;
    for (let jump = 1;; ++jump) {
      philox(seedLow, seedHigh, step, n, kWords, jump << 16, 1);
      product *= ((kWords[0] >>> 0) + 0.5) * 2 ** -32;
      if (product < none) return found;
      found = kWords[1] >>> 24;
    }
  }
}

const kChains = new WeakMap();  // by schedule, for fields of all strides

function chainOf(schedule, transition) {
  if (kChains.has(schedule)) return kChains.get(schedule);
  const chain = {transition, boundsOf: 0};
  if (transition === 'uniform') chain.jumps = new UniformJumps(schedule);
  if (transition === 'gaussian') {
    const jumps = [];
    chain.products = new Products(schedule);
    chain.steps = (t) => jumps[t] ??= gaussianJump(schedule.betas[t - 1]);
  }
  kChains.set(schedule, chain);
  return chain;
}
