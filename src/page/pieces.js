// The samples of an image as a worker takes them: pieces, of which it makes a share.
'use strict';

const kPiece = 3072;  // samples that are made at a time: whole groups, and whole pixels

// An image, or every `stride`-th pixel of every `stride`-th row, in pieces of whole pixels: runs of
// samples, or such rows; those of share number `index` of `shares` are first..end-1.
//
// Who makes x_t of them has prepare(schedule, {path, seed, t}), which gives a pause after each step
// that takes long, then samples(piece), x_t of one, valid until the next is asked for; and
// trial(piece), which takes as long as drawing once what is random in one.
class Pieces {
  constructor(image, stride, index = 0, shares = 1) {
    const {width, height, channels} = image;
    this.image = image;
    this.stride = stride;
    this.channels = channels;
    this.width = Math.ceil(width / stride);
    this.height = Math.ceil(height / stride);
    this.rowSamples = width * channels;
    this.samplesInAll = this.width * this.height * channels;
    this.pieceSamples = stride === 1 ? kPiece : this.width * channels;
    const pieces = Math.ceil(this.samplesInAll / this.pieceSamples);
    this.first = Math.floor(pieces * index / shares);
    this.end = Math.floor(pieces * (index + 1) / shares);
    this.x = new Float32Array(this.pieceSamples);
    this.picked = new Uint8Array(stride === 1 ? 0 : this.pieceSamples);
  }

  // How many samples a piece has.
  count(piece) {
    return Math.min(this.pieceSamples, this.samplesInAll - piece * this.pieceSamples);
  }

  // The number of its first in the image.
  firstSample(piece) {
    return piece * (this.stride === 1 ? this.pieceSamples : this.stride * this.rowSamples);
  }

  // Its samples in the image itself, 0..255; valid until the next are asked for.
  clean(piece) {
    const {stride, channels, width, picked, image: {colour}} = this;
    let n = this.firstSample(piece);
    if (stride === 1) return colour.subarray(n, n + this.count(piece));
    for (let x = 0, i = 0; x < width; ++x, n += stride * channels) {
      for (let c = 0; c < channels; ++c) picked[i++] = colour[n + c];
    }
    return picked;
  }
}
