// The workers that make frames, each a share of every frame.
'use strict';

const kWorthAWorker = 1 << 16;  // samples
const kMostWorkers = 8;

class Makers {
  // onReady(stride) tells at which stride a preview is made in time, onFrame(frame) is called with each
  // frame, its question's values among its own, onTrouble(what) where none can be made. `source` are the scripts of a worker.
  constructor(source, {image, schedules, process}, {onReady, onFrame, onTrouble}) {
    Object.assign(this, {image, onFrame});
    const samples = image.width * image.height * image.channels;
    // Of a blur each sample depends on all.
    const most = process.kind === 'blurred' ? 1 : kMostWorkers;
    const shares = Math.max(1, Math.min(navigator.hardwareConcurrency ?? 2, most,
                                        Math.floor(samples / kWorthAWorker)));
    this.question = null;  // that is being answered
    this.next = null;      // and that comes then
    this.answers = [];
    const strides = [];
    const url = URL.createObjectURL(new Blob(source, {type: 'text/javascript'}));
    this.workers = Array.from({length: shares}, (_, index) => {
      const worker = new Worker(url);
      worker.onerror = ({message}) => onTrouble(message);
      worker.onmessage = ({data}) => {
        if (data.stride) {
          if (strides.push(data.stride) === shares) onReady(Math.max(...strides));
        } else {
          this.take(data.share);
        }
      };
      worker.postMessage({job: {image, schedules, process, index, shares}});
      return worker;
    });
  }

  // The newest question counts: a whole picture is given up for it; a preview is not, so that there
  // is something to see while questions come faster than answers.
  ask(question) {
    if (this.question === null) return this.begin(question);
    if (this.question.stride === 1) for (const worker of this.workers) worker.postMessage({});
    this.next = question;
  }

  begin(question) {
    this.question = question;
    this.answers = [];
    this.began = performance.now();
    for (const worker of this.workers) worker.postMessage({question});
  }

  take(share) {
    if (this.answers.push(share) < this.workers.length) return;
    const {question, answers, began} = this;
    this.question = null;
    if (this.next !== null) this.begin(this.next);
    this.next = null;
    if (answers.includes(null)) return;
    this.onFrame({...question, ...this.whole(question, answers), took: performance.now() - began});
  }

  // The pixels of a frame, and what its samples are like.
  whole({stride}, shares) {
    const width = Math.ceil(this.image.width / stride);
    const height = Math.ceil(this.image.height / stride);
    const samples = width * height * this.image.channels;
    const rgba = new Uint8ClampedArray(4 * width * height);
    const total = (key) => shares.reduce((sum, share) => sum + share[key], 0);
    for (const share of shares) rgba.set(share.rgba, 4 * share.firstPixel);
    const counts = shares[0].counts.map((_, i) => shares.reduce((sum, {counts: of}) => sum + of[i], 0));
    const mean = total('sum') / samples;
    return {width, height, rgba, counts, samples, mean, clipped: total('clipped') / samples,
            changed: total('changed') / samples, variance: total('squares') / samples - mean * mean};
  }
}
