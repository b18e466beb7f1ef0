// Makes a share of each frame, beside the document: asked for a timestep, it answers with pixels and
// what they are like, or, told to stop before it is done, with nothing.
'use strict';

const kPause = 12;          // milliseconds until it looks whether it shall stop
const kPreview = 18;        // that the noise of a preview may take
const kUsualDraws = 6;      // that a timestep needs some steps after another
const kMostStride = 16;

let job = null;  // {image, schedules, process, index, shares}
const fields = new Map();  // by stride
let isStopped = false;

function newField(stride) {
  const {image, schedules, process, index, shares} = job;
  const steps = Math.max(...schedules.map((schedule) => schedule.steps));
  switch (process.kind) {
    case 'blurred': return new BlurredField(image, stride, steps);
    case 'drawn': return new DiscreteField(image, stride, steps, index, shares, process.transition);
    default: return new NoiseField(image, stride, steps, index, shares);
  }
}

function fieldOf(stride) {
  if (!fields.has(stride)) fields.set(stride, newField(stride));
  return fields.get(stride);
}

// The least stride at which a preview takes no longer than it may; 1 where a whole picture does not.
function previewStride() {
  const time = (stride) => {
    const field = newField(stride);
    const count = Math.min(field.end - field.first, Math.ceil(20000 / field.pieceSamples));
    let best = Infinity;
    for (let run = 0; run < 5; ++run) {
      const start = performance.now();
      for (let i = 0; i < count; ++i) field.trial(field.first + i);
      best = Math.min(best, performance.now() - start);
    }
    return best / count * (field.end - field.first) * kUsualDraws;
  };
  if (time(1) < kPreview) return 1;
  let stride = 2;
  while (stride < kMostStride && time(stride) > kPreview) ++stride;
  return stride;
}

// A frame that is being made.
class Frame {
  constructor(question) {
    this.question = question;
    const schedule = job.schedules[question.schedule];
    this.field = fieldOf(question.stride);
    this.preparing = this.field.prepare(schedule, question);
    const {bins, reach} = histogramOf(job.process);
    this.bins = bins;
    this.perUnit = bins / (2 * reach) / spread(schedule, question.t);
    const {first, end, pieceSamples, samplesInAll, channels} = this.field;
    this.firstPixel = first * pieceSamples / channels;
    this.pixels = Math.min(end * pieceSamples, samplesInAll) / channels - this.firstPixel;
    this.rgba = new Uint8ClampedArray(4 * this.pixels);
    this.counts = new Float64Array(bins + 2);  // with those beyond its reach at the ends
    this.sum = 0;
    this.squares = 0;
    this.clipped = 0;
    this.piece = first;
  }

  get isWhole() {
    return this.piece === this.field.end;
  }

  // Goes a step on in what comes before the pieces, or makes the next of them.
  next() {
    if (this.preparing !== null) {
      if (this.preparing.next().done) this.preparing = null;
      return;
    }
    const {field, rgba, counts, perUnit, bins} = this;
    const {channels, stride, width} = field;
    const {alpha} = job.image;
    const samples = field.samples(this.piece);
    const first = this.piece * field.pieceSamples / channels;
    let [sum, squares, clipped] = [0, 0, 0];
    for (let i = 0, pixel = first, out = 4 * (first - this.firstPixel); i < samples.length; ++pixel) {
      for (let c = 0; c < channels; ++c, ++i) {
        const x = samples[i];
        sum += x;
        squares += x * x;
        if (x < -1 || x > 1) ++clipped;
        ++counts[Math.min(bins + 1, Math.max(0, Math.floor(x * perUnit) + bins / 2 + 1))];
        rgba[out + c] = sampleOf(x);
      }
      if (channels === 1) rgba[out + 2] = rgba[out + 1] = rgba[out];
      const row = stride === 1 ? 0 : Math.floor(pixel / width);
      const at = stride === 1 ? pixel : stride * (row * job.image.width + pixel - row * width);
      rgba[out + 3] = alpha === null ? 255 : alpha[at];
      out += 4;
    }
    this.sum += sum;
    this.squares += squares;
    this.clipped += clipped;
    ++this.piece;
  }

  // What adds up to the whole frame.
  get share() {
    const {rgba, counts, sum, squares, clipped, firstPixel} = this;
    return {rgba, counts, sum, squares, clipped, firstPixel, changed: this.field.changed ?? 0};
  }
}

// Lets messages in.
function pause() {
  return new Promise((resume) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(null);
  });
}

async function make(question) {
  isStopped = false;
  const frame = new Frame(question);
  let paused = performance.now();
  while (!frame.isWhole && !isStopped) {
    frame.next();
    if (performance.now() - paused < kPause) continue;
    await pause();
    paused = performance.now();
  }
  if (frame.isWhole) postMessage({share: frame.share}, [frame.rgba.buffer]);
  else postMessage({share: null});
}

onmessage = ({data}) => {
  if (data.job) {
    job = data.job;
    postMessage({stride: previewStride()});
  } else if (data.question) {
    make(data.question);
  } else {
    isStopped = true;
  }
};
