// A page in a browser shows, to the pixel, what the program makes: node page_test.js PROGRAM IMAGE
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {execFileSync} = require('node:child_process');
const {Browser} = require('./browser.js');
const {load, readPnm, runProgram} = require('./load.js');

const {decodePng} = load(['png.js'], ['decodePng']);
const [program, photo] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qsample-page-'));
const bin = path.join(folder, 'bin');
const downloads = path.join(folder, 'downloads');
const schedules = ['linear', 'cosine', 'karras'];

// What a reader gets who pastes the commands that the page shows into a shell.
function paste(commands) {
  const script = `${commands.replaceAll('\n', ' -f -q\n')} -q -o - --format pnm`;
  const made = execFileSync('bash', ['-euc', script], {
    env: {...process.env, PATH: `${bin}:${process.env.PATH}`}, maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Buffer.from(readPnm(made).samples);
}

// The page is asked by its address; the colours of its canvas, as soon as they are whole.
async function colours(browser, hash) {
  await browser.run('location.hash = arguments[0]', hash);
  await settled(browser, hash);
  const text = await browser.run(`
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let text = '';
    for (let i = 0; i < data.length; i += 4) {
      text += String.fromCharCode(...data.subarray(i, i + image.channels));
    }
    return btoa(text);`);
  return Buffer.from(text, 'base64');
}

// Until the canvas shows what `hash` asks for.
function settled(browser, hash) {
  return browser.until('return canvas.getAttribute("aria-busy") === "false" && canvas.dataset.shown',
                       hash);
}

const addressOf = (t, seed, kind, schedule) =>
    `#t=${t}&seed=${seed}&path=${kind}&schedule=${schedule}`;

async function compare(browser, hash) {
  const shown = await colours(browser, hash);
  const made = paste(await browser.run('return document.getElementById("command").textContent'));
  assert.ok(shown.equals(made), `other pixels: ${hash}`);
}

async function open(browser, input, ...words) {
  runProgram(program, ['page', input, '-o', 'page.html', '-f', '-q', ...words]);
  await browser.goTo('page.html');
  await browser.until('return canvas.getAttribute("aria-busy")', 'false');
}

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
  await browser.chromium('Browser.setDownloadBehavior',
                         {behavior: 'allow', downloadPath: downloads});
  for (const [input, schedule] of [['small.png', 'linear'], ['see-through.png', 'linear']]) {
    await open(browser, input, '-t', '250');
    await browser.run('return save()');
    const file = path.join(downloads, input.replace('.png', '_t0250.png'));
    for (let wait = 0; !fs.existsSync(file) && wait < 1000; ++wait) {
      await new Promise((resume) => setTimeout(resume, 10));
    }
    const words = ['noise', input, '-t', '250', '--path', 'markov', '--schedule', schedule];
    assert.deepStrictEqual(await decodePng(fs.readFileSync(file)),
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

async function main() {
  const browser = await Browser.open();
  try {
    fs.mkdirSync(bin);
    fs.mkdirSync(downloads);
    fs.symlinkSync(program, path.join(bin, 'qsample'));
    process.chdir(folder);
    fs.copyFileSync(photo, 'photo.png');
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
    fs.rmSync(folder, {recursive: true});
  }
}
main();
