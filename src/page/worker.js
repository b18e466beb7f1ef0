// Makes the frames, beside the document: asked for a timestep, it answers with pixels and what they
// are like. The newest question counts: a whole picture is given up for it, a preview is not, which
// takes less time than an eye does.
'use strict';

const kBins = 96;
const kReach = 4;  // of the histogram, to both sides of 0
const kPause = 12;  // milliseconds until questions are looked for
const kPreview = 22;  // milliseconds that a preview may take
const kUsualDraws = 5;  // that one timestep needs after another, a few steps on

let image = null;
let schedules = [];
let stride = 1;  // of previews
let fields = new Map();  // by stride
let wanted = null;
let isBusy = false;

function fieldOf(step) {
  const steps = Math.max(...schedules.map((schedule) => schedule.steps));
  if (!fields.has(step)) fields.set(step, new NoiseField(image, step, steps));
  return fields.get(step);
}

// The least stride at which a preview takes no longer than it may, as this machine is at the moment.
function measureStride() {
  const plan = planOf(schedules[0], 'independent', 0n, 1);
  const time = (field) => {
    let best = Infinity;
    for (let run = 0; run < 4; ++run) {
      const start = performance.now();
      const pieces = Math.min(field.pieces, 8);
      for (let piece = 0; piece < pieces; ++piece) field.draw(piece, plan, plan.draws[0], 1);
      best = Math.min(best, (performance.now() - start) / pieces * field.pieces);
    }
    return best;
  };
  if (time(fieldOf(1)) * (kUsualDraws + 2) < kPreview) return 1;
  const every = time(fieldOf(4)) * 16;
  fields.delete(4);
  for (let k = 2; k < 16; ++k) {
    if (every / (k * k) * (kUsualDraws + 1) < kPreview) return k;
  }
  return 16;
}

// A frame that is being made.
class Frame {
  constructor(question) {
    this.question = question;
    const schedule = schedules[question.schedule];
    this.field = fieldOf(question.stride);
    this.plan = planOf(schedule, question.path, question.seed, question.t);
    this.scaled = scaledImage(this.plan.alpha);
    this.perUnit = kBins / (2 * kReach) / spread(schedule, question.t);
    const {width, height} = this.field;
    this.rgba = new Uint8ClampedArray(4 * width * height);
    this.counts = new Float64Array(kBins);
    this.sum = 0;
    this.squares = 0;
    this.clipped = 0;
    this.piece = 0;
  }

  get isWhole() {
    return this.piece === this.field.pieces;
  }

  // Makes the next piece.
  next() {
    const {field, plan, scaled, rgba, counts, perUnit} = this;
    const {channels, stride: step} = field;
    const noise = field.noise(this.piece, plan);
    const first = this.piece * field.pieceSamples;
    let pixel = Math.floor(first / channels);
    let c = first % channels;
    let [sum, squares, clipped] = [0, 0, 0];
    const factor = plan.factor;
    const {colour, alpha} = image;
    const rowStart = (y) => y * step * image.width;
    for (let i = 0; i < noise.length; ++i) {
      const at = step === 1 ? pixel
                            : rowStart(Math.floor(pixel / field.width)) + pixel % field.width * step;
      const x = xOf(scaled[colour[at * channels + c]], factor, noise[i]);
      sum += x;
      squares += x * x;
      if (x < -1 || x > 1) ++clipped;
      const bin = Math.floor((x * perUnit) + kBins / 2);
      if (bin >= 0 && bin < kBins) ++counts[bin];
      rgba[4 * pixel + c] = sampleOf(x);
      if (++c < channels) continue;
      if (channels === 1) rgba[4 * pixel + 2] = rgba[4 * pixel + 1] = rgba[4 * pixel];
      rgba[4 * pixel + 3] = alpha === null ? 255 : alpha[at];
      c = 0;
      ++pixel;
    }
    this.sum += sum;
    this.squares += squares;
    this.clipped += clipped;
    ++this.piece;
  }

  answer() {
    const {field, counts, rgba, question} = this;
    const scale = spread(schedules[question.schedule], question.t);
    const mean = this.sum / field.samples;
    return {
      question, rgba, counts, width: field.width, height: field.height, scale,
      mean: mean / scale, variance: (this.squares / field.samples - mean * mean) / scale ** 2,
      clipped: this.clipped / field.samples,
      // Of a bin, as a density is measured.
      unit: field.samples * 2 * kReach / kBins,
    };
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

async function work() {
  isBusy = true;
  while (wanted !== null) {
    const frame = new Frame(wanted);
    wanted = null;
    const start = performance.now();
    let paused = start;
    while (!frame.isWhole && (wanted === null || frame.question.stride > 1)) {
      frame.next();
      if (performance.now() - paused < kPause) continue;
      await pause();
      paused = performance.now();
    }
    if (!frame.isWhole) continue;
    const answer = frame.answer();
    answer.milliseconds = performance.now() - start;
    postMessage(answer, [answer.rgba.buffer]);
    await pause();
  }
  isBusy = false;
}

onmessage = ({data}) => {
  if (data.image) {
    ({image, schedules} = data);
    stride = measureStride();
    postMessage({stride});
    return;
  }
  wanted = {...data, stride: data.preview ? stride : 1};
  if (!isBusy) work();
};
