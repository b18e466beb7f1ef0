// Pages of each process in a browser show, to the pixel, what the commands make that they show:
// node pages_test.js PROGRAM IMAGE
'use strict';
const assert = require('node:assert');
const {Browser} = require('./browser.js');
const {load, runProgram} = require('./load.js');
const {addressOf, colours, compare, inFolder, open, savedPng} = require('./pictures.js');

const {decodePng} = load(['png.js'], ['decodePng']);
const [program, photo] = process.argv.slice(2);

const text = (browser, id) =>
    browser.run('return document.getElementById(arguments[0]).textContent', id);

// The deviation of t steps that go by d in proportion to exp(-4 d^2 / (255^2 beta)).
function walked(rows) {
  const variances = rows.map(({beta}) => {
    let [sum, squares] = [0, 0];
    for (let d = -255; d <= 255; ++d) {
      const weight = Math.exp(-4 * d * d / (255 * 255 * beta));
      sum += weight;
      squares += weight * d * d;
    }
    return squares / sum;
  });
  return Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0));
}

// What is said at t = 250 by the rows 1..250 of `qsample schedule`.
const kPages = [
  {process: 'blur', schedules: ['linear', 'flow'], numbers: (rows, {alpha, sigma, snr}) => (
    {alpha, sigma, snr, blur: 20 * Math.sin(Math.PI / 8) ** 2})},
  {process: 'heat', schedules: ['exponential'], more: ['--sigma-min', '0.01', '--sigma-max', '0.01'],
   numbers: () => ({alpha: 1, sigma: 0.01, blur: 0.5 * 40 ** (249 / 999)})},
  {process: 'd3pm-uniform', schedules: ['linear', 'cosine'],
   numbers: (rows, {alpha_bar: kept, beta}) => ({'alpha-bar': kept, beta})},
  {process: 'd3pm-absorbing', schedules: ['jsd'],
   numbers: () => ({'alpha-bar': 0.75, beta: 1 / 751})},
  {process: 'd3pm-gaussian', schedules: ['linear'],
   numbers: (rows, {beta}) => ({beta, walked: walked(rows)})},
];

async function testProcess(browser, {process: name, schedules, more = [], numbers}) {
  const named = schedules.length > 1 ? schedules.flatMap((label) => ['--schedule', label]) : [];
  await open(browser, 'small.png', '--process', name, ...named);
  for (const schedule of schedules) {
    const pictures = new Set();
    for (const kind of ['markov', 'shared', 'independent']) {
      for (const t of [250, 0, 1, 1000]) {
        const picture = await compare(browser, addressOf(t, 7, kind, schedule));
        if (t === 250) pictures.add(picture.toString('base64'));
      }
    }
    // An absorbing chain jumps where the shared uniform says.
    assert.strictEqual(pictures.size, name === 'd3pm-absorbing' ? 2 : 3, 'pictures');
  }
  await compare(browser, addressOf(250, 3, 'markov', schedules[0]));
  const table = ['schedule', '-q', '--format', 'json', '--schedule', schedules[0], ...more];
  const rows = JSON.parse(runProgram(program, table)).slice(1, 251);
  for (const [id, wanted] of Object.entries(numbers(rows, rows[249]))) {
    assert.strictEqual(await text(browser, id), wanted.toPrecision(4), `${name}: ${id}`);
  }
  assert.strictEqual(await text(browser, 'agreement'), 'to the pixel');
  const saved = await decodePng(await savedPng(browser, 'small_t0250.png'));
  const words = ['--path', 'markov', '--seed', '3', '--process', name, '--schedule', schedules[0], ...more];
  const made = runProgram(program, ['noise', 'small.png', '-t', '250', ...words, '-o', '-']);
  assert.deepStrictEqual(saved, await decodePng(made));
}

// An image that workers share, with a preview before.
async function testLarge(browser) {
  for (const {process: name, schedules: [schedule]} of kPages) {
    await open(browser, 'photo.png', '--view-size', '300', '--process', name, '-t', '0');
    const [stride, frames] = await browser.run('return [previewStride, canvas.dataset.frames]');
    assert.strictEqual(Number(frames), stride > 1 ? 2 : 1, `${name}: frames at first`);
    const clean = await colours(browser, addressOf(0, 0, 'markov', schedule));
    const preview = await browser.runAsync(`
      const done = arguments[0];
      const {onFrame} = makers;
      makers.onFrame = (frame) => {
        makers.onFrame = onFrame;
        done({width: frame.width, height: frame.height, mean: frame.mean, variance: frame.variance});
      };
      makers.ask({...state, t: 150, stride: 4});`);
    assert.deepStrictEqual([preview.width, preview.height], [75, 50]);
    const made = await compare(browser, addressOf(150, 0, 'markov', schedule));
    const whole = await browser.run('return {mean: shown.mean, variance: shown.variance}');
    for (const key of ['mean', 'variance']) {
      assert.ok(Math.abs(preview[key] - whole[key]) < 0.05, `${name}: ${key} of a preview`);
    }
    if (!name.startsWith('d3pm')) continue;
    const changed = made.filter((v, i) => v !== clean[i]).length / made.length;
    assert.strictEqual(await text(browser, 'changed'), `${(100 * changed).toFixed(2)}%`, name);
  }
}

inFolder(program, photo, async () => {
  const browser = await Browser.open();
  try {
    runProgram(program, ['noise', 'photo.png', '-t', '0', '--view-size', '61', '-o', 'small.png']);
    for (const page of kPages) {
      await testProcess(browser, page);
      assert.deepStrictEqual(await browser.complaints(), [], page.process);
      console.log(`${page.process}: all right`);
    }
    await testLarge(browser);
    console.log('large: all right');
  } finally {
    await browser.close();
  }
});
