// The orthonormal cosine transform of planes of any size, in float64, as src/core/processes has it: by
// J. Makhoul's way that of N samples is a Fourier transform of N, which takes two lines at once.
'use strict';

const kPairs = 16;           // pairs of lines that are transformed side by side
const kLargestFactor = 64;   // from which on a convolution is faster

// e^(-2 pi i turns).
function turnedBy(turns) {
  return [Math.cos(-2 * Math.PI * turns), Math.sin(-2 * Math.PI * turns)];
}

// 4 where it can be, then the primes.
function factorsOf(n) {
  const factors = [];
  while (n % 4 === 0) {
    factors.push(4);
    n /= 4;
  }
  for (let prime = 2; n > 1; ++prime) {
    for (; n % prime === 0; n /= prime) factors.push(prime);
  }
  return factors;
}

class Complexes {
  constructor(length) {
    this.re = new Float64Array(length);
    this.im = new Float64Array(length);
  }
}

// Fourier transforms of kPairs lines of complex numbers side by side: sample i of line l is at
// i * kPairs + l.
class Fourier {
  constructor(length) {
    this.length = length;
    this.factors = factorsOf(length);
    this.work = new Complexes(length * kPairs);
    this.roots = new Complexes(length);  // e^(-2 pi i k / N)
    for (let k = 0; k < length; ++k) {
      [this.roots.re[k], this.roots.im[k]] = turnedBy(k / length);
    }
    if (Math.max(1, ...this.factors) > kLargestFactor) this.convolution = new Convolution(length);
  }

  // Takes `data` over; what it gives is another.
  transform(data) {
    if (this.convolution) return this.convolution.transform(data);
    // T. Stockham's way: each factor puts what it makes in order.
    let [from, to] = [data, this.work];
    let rest = this.length;
    let stride = kPairs;
    for (const factor of this.factors) {
      rest /= factor;
      if (factor === 4) this.byFour(from, to, rest, stride);
      else this.byPrime(from, to, factor, rest, stride);
      stride *= factor;
      [from, to] = [to, from];
    }
    this.work = to;
    return from;
  }

  byFour({re, im}, out, rest, stride) {
    const [outRe, outIm] = [out.re, out.im];
    const {roots} = this;
    const turn = this.length / (4 * rest);
    const apart = stride * rest;
    for (let p = 0; p < rest; ++p) {
      const [re1, im1] = [roots.re[p * turn], roots.im[p * turn]];
      const [re2, im2] = [roots.re[2 * p * turn], roots.im[2 * p * turn]];
      const [re3, im3] = [roots.re[3 * p * turn], roots.im[3 * p * turn]];
      for (let a = stride * p, to = 4 * stride * p, end = a + stride; a < end; ++a, ++to) {
        const b = a + apart;
        const c = b + apart;
        const d = c + apart;
        const evenRe = re[a] + re[c], evenIm = im[a] + im[c];
        const leftRe = re[a] - re[c], leftIm = im[a] - im[c];
        const oddRe = re[b] + re[d], oddIm = im[b] + im[d];
        const rightRe = im[b] - im[d], rightIm = re[d] - re[b];  // -i times the difference
        outRe[to] = evenRe + oddRe;
        outIm[to] = evenIm + oddIm;
        let x = leftRe + rightRe, y = leftIm + rightIm;
        outRe[to + stride] = x * re1 - y * im1;
        outIm[to + stride] = x * im1 + y * re1;
        x = evenRe - oddRe;
        y = evenIm - oddIm;
        outRe[to + 2 * stride] = x * re2 - y * im2;
        outIm[to + 2 * stride] = x * im2 + y * re2;
        x = leftRe - rightRe;
        y = leftIm - rightIm;
        outRe[to + 3 * stride] = x * re3 - y * im3;
        outIm[to + 3 * stride] = x * im3 + y * re3;
      }
    }
  }

  byPrime({re, im}, out, prime, rest, stride) {
    const {roots, length} = this;
    const turn = length / (prime * rest);
    const apart = stride * rest;
    for (let p = 0; p < rest; ++p) {
      for (let k = 0; k < prime; ++k) {
        const from = stride * p;
        const to = stride * (prime * p + k);
        for (let q = 0; q < stride; ++q) {
          out.re[to + q] = re[from + q];
          out.im[to + q] = im[from + q];
        }
        // e^(-2 pi i (j k / prime + p k / (prime rest))): the terms turned, and the sum.
        for (let j = 1; j < prime; ++j) {
          const root = j * k % prime * (length / prime);
          const [x, y] = [roots.re[root], roots.im[root]];
          for (let q = 0, a = from + j * apart; q < stride; ++q, ++a) {
            out.re[to + q] += re[a] * x - im[a] * y;
            out.im[to + q] += re[a] * y + im[a] * x;
          }
        }
        if (p * k === 0) continue;
        const [x, y] = [roots.re[p * k * turn], roots.im[p * k * turn]];
        for (let q = to; q < to + stride; ++q) {
          const turned = out.re[q] * x - out.im[q] * y;
          out.im[q] = out.re[q] * y + out.im[q] * x;
          out.re[q] = turned;
        }
      }
    }
  }
}

// The same of a length with a large prime, as a convolution of a length that is a power of two
// (L. Bluestein, 1970).
class Convolution {
  constructor(length) {
    this.length = length;
    this.longer = 2 ** Math.ceil(Math.log2(2 * length - 1));
    this.fourier = new Fourier(this.longer);
    this.chirp = new Complexes(length);  // e^(-pi i n^2 / N)
    this.padded = new Complexes(this.longer * kPairs);
    const sides = new Complexes(this.longer * kPairs);
    for (let k = 0; k < length; ++k) {
      const [x, y] = turnedBy(k * k % (2 * length) / (2 * length));
      [this.chirp.re[k], this.chirp.im[k]] = [x, y];
      for (const at of k === 0 ? [0] : [k, this.longer - k]) {
        sides.re.fill(x, at * kPairs, (at + 1) * kPairs);
        sides.im.fill(-y, at * kPairs, (at + 1) * kPairs);
      }
    }
    this.spectrum = this.fourier.transform(sides);  // of its conjugate, on both sides of 0
  }

  transform(data) {
    const {chirp, spectrum, longer, length} = this;
    let {padded} = this;
    padded.re.fill(0);
    padded.im.fill(0);
    for (let i = 0; i < length * kPairs; ++i) {
      const k = Math.floor(i / kPairs);
      padded.re[i] = data.re[i] * chirp.re[k] - data.im[i] * chirp.im[k];
      padded.im[i] = data.re[i] * chirp.im[k] + data.im[i] * chirp.re[k];
    }
    padded = this.fourier.transform(padded);
    // The inverse is the conjugate of the transform of the conjugate.
    for (let i = 0; i < longer * kPairs; ++i) {
      const x = padded.re[i] * spectrum.re[i] - padded.im[i] * spectrum.im[i];
      padded.im[i] = -(padded.re[i] * spectrum.im[i] + padded.im[i] * spectrum.re[i]);
      padded.re[i] = x;
    }
    padded = this.fourier.transform(padded);
    for (let i = 0; i < length * kPairs; ++i) {
      const k = Math.floor(i / kPairs);
      const [x, y] = [padded.re[i] / longer, -padded.im[i] / longer];
      data.re[i] = x * chirp.re[k] - y * chirp.im[k];
      data.im[i] = x * chirp.im[k] + y * chirp.re[k];
    }
    this.padded = padded;
    return data;
  }
}

// Of the lines of one length.
class CosineTransform {
  constructor(length) {
    this.length = length;
    this.fourier = new Fourier(length);
    this.quarter = new Complexes(length);  // e^(-pi i k / 2N)
    for (let k = 0; k < length; ++k) {
      [this.quarter.re[k], this.quarter.im[k]] = turnedBy(k / (4 * length));
    }
    this.data = new Complexes(length * kPairs);
    this.work = new Complexes(length * kPairs);
  }

  norm(k) {
    return Math.sqrt((k === 0 ? 1 : 2) / this.length);
  }

  // Of this.data, a pair being the real and the imaginary parts.
  forward() {
    const {length, quarter, data, work} = this;
    for (let i = 0; i < length; ++i) {
      const to = i % 2 === 0 ? i / 2 : length - 1 - (i - 1) / 2;
      copyLines(data, i, work, to);
    }
    const spectrum = this.fourier.transform(work);
    for (let k = 0; k < length; ++k) {
      const [x, y, norm] = [quarter.re[k], quarter.im[k], this.norm(k) / 2];
      const mirror = (k === 0 ? 0 : length - k) * kPairs;
      for (let l = 0, i = k * kPairs, j = mirror; l < kPairs; ++l, ++i, ++j) {
        // The spectra of the two lines are the even and the odd part of that of the pair.
        const [re, im] = [spectrum.re[i], spectrum.im[i]];
        const [mirroredRe, mirroredIm] = [spectrum.re[j], spectrum.im[j]];
        data.re[i] = ((re + mirroredRe) * x - (im - mirroredIm) * y) * norm;
        data.im[i] = ((im + mirroredIm) * x - (mirroredRe - re) * y) * norm;
      }
    }
    this.work = spectrum;
  }

  inverse() {
    const {length, quarter, data, work} = this;
    for (let k = 0; k < length; ++k) {
      const [x, y] = [quarter.re[k], -quarter.im[k]];
      const here = 1 / this.norm(k) / length;
      const there = k === 0 ? 0 : here;
      const mirror = (k === 0 ? 0 : length - k) * kPairs;
      for (let l = 0, i = k * kPairs, j = mirror; l < kPairs; ++l, ++i, ++j) {
        const [a, b] = [data.re[i] * here, data.re[j] * there];
        const [c, d] = [data.im[i] * here, data.im[j] * there];
        // Conjugated, so that the transform of it is the inverse's.
        work.re[i] = (a * x + b * y) - (c * y - d * x);
        work.im[i] = -((a * y - b * x) + (c * x + d * y));
      }
    }
    const spectrum = this.fourier.transform(work);
    for (let i = 0; i < length; ++i) {
      const from = (i % 2 === 0 ? i / 2 : length - 1 - (i - 1) / 2);
      copyLines(spectrum, from, data, i);
      for (let at = i * kPairs; at < (i + 1) * kPairs; ++at) data.im[at] = -data.im[at];
    }
    this.work = spectrum;
  }
}

function copyLines(from, i, to, j) {
  to.re.set(from.re.subarray(i * kPairs, (i + 1) * kPairs), j * kPairs);
  to.im.set(from.im.subarray(i * kPairs, (i + 1) * kPairs), j * kPairs);
}

// Of planes of width x height, in place; each pauses after its rows, and after its columns.
class PlaneTransform {
  constructor(width, height) {
    this.rows = {transform: new CosineTransform(width), count: height, stride: 1, between: width};
    this.columns = {transform: new CosineTransform(height), count: width, stride: width, between: 1};
  }

  *forward(plane) {
    yield this.change(plane, this.rows, (transform) => transform.forward());
    yield this.change(plane, this.columns, (transform) => transform.forward());
  }

  *inverse(plane) {
    yield this.change(plane, this.rows, (transform) => transform.inverse());
    yield this.change(plane, this.columns, (transform) => transform.inverse());
  }

  change(plane, {transform, count, stride, between}, how) {
    const {data, length} = transform;
    for (let first = 0; first < count; first += 2 * kPairs) {
      const lines = Math.min(2 * kPairs, count - first);
      for (let i = 0; i < length; ++i) {
        for (let l = 0, at = first * between + i * stride; l < lines; ++l, at += between) {
          (l < kPairs ? data.re : data.im)[i * kPairs + l % kPairs] = plane[at];
        }
      }
      how(transform);
      for (let i = 0; i < length; ++i) {
        for (let l = 0, at = first * between + i * stride; l < lines; ++l, at += between) {
          plane[at] = (l < kPairs ? data.re : data.im)[i * kPairs + l % kPairs];
        }
      }
    }
  }
}
