// How many frames a second a page shows while its slider is dragged: node page_drag.js PROGRAM PHOTO
//
// Sixty steps over the whole schedule, one for each frame that the browser draws. The photo is
// shown at 512 x 512 at the most; "whole" is how long a whole picture takes of which
// nothing is there yet.
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {Browser} = require('../page/browser.js');
const {runProgram} = require('../page/load.js');

const [program, photo] = process.argv.slice(2);
const kSteps = 60;

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qsample-bench-'));
  const page = path.join(folder, 'page.html');
  runProgram(program, ['page', photo, '-o', page, '-q', '--view-size', '512']);
  const browser = await Browser.open();
  try {
    await browser.size(1280, 900);
    await browser.goTo(page);
    await browser.until('return canvas.getAttribute("aria-busy")', 'false');
    console.log(`${fs.statSync(page).size} bytes, ${os.cpus().length} cores`);
    for (const kind of ['markov', 'shared', 'independent']) {
      for (let run = 0; run < 3; ++run) {
        const found = await browser.runAsync(`
          const [path, count, done] = arguments;
          const {onFrame} = makers;
          const times = [];
          let stride = 0;
          makers.onFrame = (frame) => {
            onFrame(frame);
            times.push(performance.now());
            stride = Math.max(stride, frame.stride);
          };
          change({path, t: 1, seed: BigInt(Math.floor(Math.random() * 1e9))}, true);
          let step = 0;
          const drag = () => {
            if (step === count) return setTimeout(finish, 2000);
            slider.value = Math.round(++step * schedule().steps / count);
            slider.dispatchEvent(new Event('input'));
            requestAnimationFrame(drag);
          };
          let began = 0;
          let ended = 0;
          const finish = () => {
            const during = times.filter((time) => time >= began && time <= ended);
            makers.onFrame = (frame) => {
              makers.onFrame = onFrame;
              done({frames: during.length, seconds: (ended - began) / 1000, stride,
                    whole: frame.took});
            };
            change({t: 377, seed: state.seed + 1n});
          };
          setTimeout(() => {
            began = performance.now();
            drag();
            const look = () => {
              if (step < count) return requestAnimationFrame(look);
              ended = performance.now();
            };
            look();
          }, 1500);`, kind, kSteps);
        const rate = (found.frames / found.seconds).toFixed(0);
        console.log(`${kind}: ${rate} frames a second, every ${found.stride}. pixel; whole ${found.whole.toFixed(0)} ms`);
      }
    }
  } finally {
    await browser.close();
    fs.rmSync(folder, {recursive: true});
  }
}
main();
