// The pictures of a page in a browser, and what the program makes by the commands that it shows.
'use strict';
const assert = require('node:assert');
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {readPnm, runProgram} = require('./load.js');

const folder = path.join(os.tmpdir(), `qsample-page-${process.pid}`);
const bin = path.join(folder, 'bin');
const downloads = path.join(folder, 'downloads');
let program = null;

// Runs a test in a folder of its own, with photo.png in it.
async function inFolder(ofProgram, photo, test) {
  program = ofProgram;
  fs.mkdirSync(bin, {recursive: true});
  fs.mkdirSync(downloads);
  fs.symlinkSync(program, path.join(bin, 'qsample'));
  process.chdir(folder);
  fs.copyFileSync(photo, 'photo.png');
  try {
    await test();
  } finally {
    fs.rmSync(folder, {recursive: true});
  }
}

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

// What the canvas shows.
async function compare(browser, hash) {
  const shown = await colours(browser, hash);
  const made = paste(await browser.run('return document.getElementById("command").textContent'));
  assert.ok(shown.equals(made), `other pixels: ${hash}`);
  return made;
}

async function open(browser, input, ...words) {
  runProgram(program, ['page', input, '-o', 'page.html', '-f', '-q', ...words]);
  await browser.goTo('page.html');
  await browser.until('return canvas.getAttribute("aria-busy")', 'false');
}

// The bytes that `save PNG` gives, under the name that they have.
async function savedPng(browser, name) {
  await browser.chromium('Browser.setDownloadBehavior',
                         {behavior: 'allow', downloadPath: downloads});
  await browser.run('return save()');
  const file = path.join(downloads, name);
  // Chromium holds the name by an empty file, until the whole one is renamed to it.
  const isWhole = () => fs.statSync(file, {throwIfNoEntry: false})?.size > 0;
  for (let wait = 0; !isWhole() && wait < 3000; ++wait) {
    await new Promise((resume) => setTimeout(resume, 10));
  }
  const bytes = fs.readFileSync(file);
  fs.rmSync(file);
  return bytes;
}

module.exports = {addressOf, colours, compare, inFolder, open, savedPng, settled};
