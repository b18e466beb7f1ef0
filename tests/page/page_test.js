// A page in a browser shows, to the pixel, what the program makes: node page_test.js PROGRAM IMAGE
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const {Browser} = require('./browser.js');
const {load, runProgram} = require('./load.js');
const {addressOf, colours, compare, inFolder, open, savedPng, settled} = require('./pictures.js');

const {decodePng} = load(['png.js'], ['decodePng']);
const [program, photo] = process.argv.slice(2);
const schedules = ['linear', 'cosine', 'karras'];

const severalSchedules = schedules.flatMap((name) => ['--schedule', name]);

async function testGrid(browser) {
  await open(browser, 'small.png', ...severalSchedules);
  let compared = 0;
  for (const schedule of schedules) {
    for (const kind of ['markov', 'shared']) {
      for (const seed of ['0', '42', '18446744073709551615']) {
        for (const t of [0, 1, 250, 517, 1000]) {
          await compare(browser, addressOf(t, seed, kind, schedule));
          ++compared;
        }
      }
    }
  }
  assert.strictEqual(compared, 90);
}

async function testLarge(browser) {
  await open(browser, 'photo.png', '--view-size', '512', ...severalSchedules);
  for (const kind of ['markov', 'shared', 'independent']) {
    for (const t of [377, 378]) await compare(browser, addressOf(t, 3, kind, 'linear'));
  }
}

// What is said first is what was asked for; timesteps are counted as they were.
async function testFirst(browser) {
  await open(browser, 'small.png', '-t', '249', '--zero-based', '--seed', '7', '--path', 'shared');
  await compare(browser, addressOf(249, 7, 'shared', 'linear'));
  await open(browser, 'deep.png');
  await compare(browser, addressOf(259, 0, 'markov', 'linear'));
}

// A preview has the samples that the whole picture has at its pixels.
async function testPreview(browser) {
  await open(browser, 'photo.png', '--view-size', '256');
  const whole = await colours(browser, addressOf(300, 0, 'markov', 'linear'));
  const {width, height, channels} = await browser.run('return {...image, colour: 0, alpha: 0}');
  for (const stride of [2, 3, 5]) {
    const preview = await browser.runAsync(`
      const [stride, done] = arguments;
      const {onFrame} = makers;
      makers.onFrame = (frame) => {
        makers.onFrame = onFrame;
        done({width: frame.width, rgba: [...frame.rgba]});
      };
      makers.ask({...state, stride});`, stride);
    assert.strictEqual(preview.width, Math.ceil(width / stride));
    for (let y = 0, pixel = 0; y < height; y += stride) {
      for (let x = 0; x < width; x += stride, ++pixel) {
        for (let c = 0; c < channels; ++c) {
          const there = whole[(y * width + x) * channels + c];
          assert.strictEqual(preview.rgba[4 * pixel + c], there, `stride ${stride}: ${x}, ${y}`);
        }
      }
    }
  }
}

function press(browser, ...keys) {
  const actions = keys.flatMap((value) => [{type: 'keyDown', value}, {type: 'keyUp', value}]);
  return browser.call('POST', '/actions', {actions: [{type: 'key', id: 'keys', actions}]});
}

async function testControls(browser) {
  await open(browser, 'small.png', '-t', '250', ...severalSchedules);
  const [right, end, space] = ['\uE014', '\uE010', ' '];
  await press(browser, right, right);
  await settled(browser, addressOf(252, 0, 'markov', 'linear'));
  await press(browser, end);
  await settled(browser, addressOf(1000, 0, 'markov', 'linear'));
  // Space plays, from the beginning where it is at the end, and stops.
  await press(browser, space);
  await browser.until('return player !== null && state.t > 0 && state.t < 1000', true);
  await press(browser, space);
  await browser.until('return player === null && canvas.getAttribute("aria-busy")', 'false');

  // Choosing by hand, as a reader does.
  await browser.run('document.querySelector("[name=path][value=independent]").click()');
  await browser.run('document.querySelector("[name=schedule][value=\'1\']").click()');
  const field = (id, text) => browser.run(`
    const field = document.getElementById(arguments[0]);
    field.focus();
    field.value = arguments[1];
    field.dispatchEvent(new Event('input'));
    return field.getAttribute('aria-invalid');`, id, text);
  assert.strictEqual(await field('seed', '0x1F'), 'false');
  assert.strictEqual(await field('seed', '7 dwarfs'), 'true');
  assert.strictEqual(await field('step', '1001'), 'true');
  assert.strictEqual(await field('step', '99'), 'false');
  const hash = addressOf(99, 31, 'independent', 'cosine');
  await settled(browser, hash);
  assert.ok((await browser.call('GET', '/url')).endsWith(hash));
  assert.strictEqual(await browser.run('return document.getElementById("alpha").textContent'),
                     (await alphaOf('cosine', 99)).toPrecision(4));
  // What an address says that cannot be changes nothing.
  await browser.run('location.hash = "#t=x&seed=-&path=none&schedule=none"');
  await browser.until('return canvas.getAttribute("aria-busy")', 'false');
  assert.strictEqual(await browser.run('return canvas.dataset.shown'), hash);

  // All that can be used has a name that is read out.
  const {nodes} = await browser.chromium('Accessibility.getFullAXTree');
  const roles = ['button', 'textbox', 'slider', 'radio', 'image'];
  const used = nodes.filter(({ignored, role}) => !ignored && roles.includes(role.value));
  assert.ok(used.length >= 15);
  for (const {role, name} of used) assert.ok(name && name.value, `${role.value} without a name`);
}

function alphaOf(schedule, t) {
  const table = runProgram(program, ['schedule', '--schedule', schedule, '--format', 'json']);
  return JSON.parse(table)[t].alpha;
}

async function testSaving(browser) {
  for (const [input, schedule] of [['small.png', 'linear'], ['see-through.png', 'linear']]) {
    await open(browser, input, '-t', '250');
    const saved = await savedPng(browser, input.replace('.png', '_t0250.png'));
    const words = ['noise', input, '-t', '250', '--path', 'markov', '--schedule', schedule];
    assert.deepStrictEqual(await decodePng(saved),
                           await decodePng(runProgram(program, [...words, '-o', '-'])), input);
  }
}

// Whoever wants no motion gets few pictures.
async function testReducedMotion(browser) {
  await browser.prefer({'prefers-reduced-motion': 'reduce'});
  await open(browser, 'small.png', '-t', '0');
  const steps = await browser.runAsync(`
    const done = arguments[0];
    const steps = new Set();
    play();
    const began = performance.now();
    const look = () => {
      steps.add(state.t);
      if (performance.now() - began < 1800) return requestAnimationFrame(look);
      pause();
      done(steps.size);
    };
    look();`);
  assert.ok(steps >= 2 && steps <= 4, `${steps} pictures`);
  await browser.prefer({'prefers-reduced-motion': 'no-preference'});
}

// Nothing was loaded, and nothing can be.
async function testNoNetwork(browser) {
  await open(browser, 'small.png');
  const loaded = 'return performance.getEntriesByType("resource").map(({name}) => name)';
  for (const name of await browser.run(loaded)) assert.match(name, /^blob:/);
  assert.deepStrictEqual(await browser.complaints(), []);
  const answer = 'fetch(arguments[0]).then(() => "loaded", () => "refused").then(arguments[1])';
  assert.strictEqual(await browser.runAsync(answer, browser.address), 'refused');
  const [complaint] = await browser.complaints();
  assert.match(complaint, /Content Security Policy/);
}

inFolder(program, photo, async () => {
  const browser = await Browser.open();
  try {
    const make = (...words) => runProgram(program, ['noise', 'photo.png', '-t', '0', ...words]);
    make('--view-size', '61', '-o', 'small.png');
    make('--view-size', '50', '--depth', '16', '-o', 'deep.png');
    fs.copyFileSync(path.join(__dirname, '../data/opencv/rgba.png'), 'see-through.png');
    for (const test of [testGrid, testLarge, testFirst, testPreview, testControls, testSaving,
                        testReducedMotion, testNoNetwork]) {
      await test(browser);
      assert.deepStrictEqual(await browser.complaints(), [], test.name);
      console.log(`${test.name}: all right`);
    }
  } finally {
    await browser.close();
  }
});
