// What is shown is a state of few values: t, seed, path, schedule. Controls and the address change
// it, and it changes all the rest.
'use strict';

const kSettle = 140;       // milliseconds without a change after which the whole picture is made
const kPlayed = 9000;      // that the whole schedule takes when played
const kStill = 700;        // that one of few pictures is shown where motion is not wanted
const kStills = 12;
const kLeastWidth = 512;   // of the picture on a wide screen, in CSS pixels

const given = JSON.parse(document.getElementById('data').textContent);
const schedules = given.schedules.map(decodeSchedule);
const {offset} = given;
const view = viewOf(given.process, schedules);
const element = (id) => document.getElementById(id);
const canvas = element('canvas');
const slider = element('slider');
const reducesMotion = matchMedia('(prefers-reduced-motion: reduce)');

const state = {t: given.t, seed: BigInt(given.seed), path: given.path, schedule: 0};
let image = null;
let makers = null;
let shown = null;       // the frame that the canvas shows
let previewStride = 1;  // 1: the whole picture comes at once
let settling = 0;
let player = null;

const schedule = () => schedules[state.schedule];
const clampStep = (t) => Math.min(schedule().steps, Math.max(offset, t));

function addressOf({t, seed, path}, label) {
  return '#' + new URLSearchParams({t: t - offset, seed, path, schedule: label});
}

// Takes what an address says, as far as it can be.
function takeAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  const named = schedules.findIndex(({label}) => label === said.get('schedule'));
  if (named >= 0) state.schedule = named;
  const radios = [...document.querySelectorAll('input[name="path"]')];
  if (radios.some(({value}) => value === said.get('path'))) state.path = said.get('path');
  const seed = parseSeed(said.get('seed') ?? '');
  if (seed !== null) state.seed = seed;
  if (/^\d+$/.test(said.get('t') ?? '')) state.t = Number(said.get('t')) + offset;
  state.t = clampStep(state.t);
}

function commandOf() {
  const words = [given.command, '-t', state.t - offset];
  if (offset) words.push('--zero-based');
  words.push('--path', state.path, '--seed', state.seed, schedule().words);
  return (given.clean ? given.clean + '\n' : '') + words.join(' ');
}

// A command whose lines break between words alone.
function showCommand(command) {
  const parts = command.split(/( +|\n)/).map((part) => {
    if (/^\s/.test(part)) return part;
    return Object.assign(document.createElement('span'), {textContent: part});
  });
  element('command').replaceChildren(...parts);
}

// What the page is laid out for by its process.
function layOut() {
  element('law').innerHTML = kOfXt + view.law;
  element('agreement').textContent = view.agreement;
  for (const [id, term] of view.numbers) {
    const number = document.createElement('div');
    number.innerHTML = `<dt>${term}</dt><dd id="${id}"></dd>`;
    element('numbers').querySelector('dl').append(number);
  }
  for (const [id, term, words] of view.curves) {
    const figure = document.createElement('figure');
    figure.innerHTML =
        `<figcaption>${term} <span>${words}</span></figcaption><svg id="${id}" role="img"></svg>`;
    element('schedule-curves').append(figure);
  }
}

layOut();
const curves = view.curves.map(([id, , , value, label, isTrimmed = false]) => {
  element(id).setAttribute('aria-label', label);
  return new CurveChart(element(id), {
    schedules, offset, value, isTrimmed, onStep: (t, isMoving) => change({t: clampStep(t)}, isMoving),
  });
});
const histogram = new HistogramChart(element('histogram'), histogramOf(given.process).reach, view.end);

// All that follows from the state at once; the picture comes later.
function show() {
  const {t} = state;
  const now = schedule();
  document.documentElement.style.setProperty('--now', `var(--curve-${state.schedule % 6})`);
  slider.min = offset;
  slider.max = now.steps;
  slider.value = t;
  slider.setAttribute('aria-valuetext',
                      `t ${t - offset} of ${now.steps - offset}, ${view.said(now, t)}`);
  if (document.activeElement !== element('step')) element('step').value = t - offset;
  if (document.activeElement !== element('seed')) element('seed').value = state.seed;
  for (const [id, , text] of view.numbers) {
    if (text) element(id).textContent = text(now, t);
  }
  element('formula').innerHTML = `<i>x</i><sub>${t - offset}</sub> = ${view.formula(now, t, t - offset)}`;
  showCommand(commandOf());
  for (const curve of curves) curve.set(state.schedule, t);
  for (const radio of document.querySelectorAll('input[name="path"]')) {
    radio.checked = radio.value === state.path;
  }
  for (const radio of document.querySelectorAll('input[name="schedule"]')) {
    radio.checked = Number(radio.value) === state.schedule;
  }
}

function ask(preview) {
  clearTimeout(settling);
  canvas.setAttribute('aria-busy', 'true');
  makers.ask({...state, stride: preview ? previewStride : 1});
  if (preview) settling = setTimeout(() => ask(false), kSettle);
}

// While it `isMoving`, previews will do.
function change(some, isMoving = false) {
  Object.assign(state, some);
  show();
  if (makers === null) return;
  ask(isMoving && previewStride > 1);
  if (!isMoving) keepAddress();
}

function keepAddress() {
  const address = addressOf(state, schedule().label);
  if (location.hash !== address) history.replaceState(null, '', address);
}

// Puts a frame on the canvas, a preview as large as the whole.
function put({stride, rgba, width, height}) {
  const pixels = new ImageData(rgba, width, height);
  const context = canvas.getContext('2d');
  if (stride === 1) return context.putImageData(pixels, 0, 0);
  const small = Object.assign(document.createElement('canvas'), {width, height});
  small.getContext('2d').putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(small, 0, 0, width * stride, height * stride);
}

function showFrame(frame) {
  const scale = spread(schedules[frame.schedule], frame.t);
  put(frame);
  histogram.set(frame);
  element('samples').innerHTML = scale > 1 ? '<i>x<sub>t</sub></i> over its deviation' : 'samples of <i>x<sub>t</sub></i>';
  for (const [id, , , share] of view.numbers) {
    if (share) element(id).textContent = `${(100 * share(frame)).toFixed(2)}%`;
  }
  element('mean').textContent = fixed(frame.mean / scale, 3);
  element('variance').textContent = fixed(frame.variance / scale ** 2, 3);
  shown = frame;
  canvas.dataset.frames = Number(canvas.dataset.frames ?? 0) + 1;
  const isCurrent = ['t', 'seed', 'path', 'schedule'].every((key) => frame[key] === state[key]);
  if (!isCurrent || frame.stride > 1) return;
  const {t} = state;
  canvas.setAttribute('aria-label', `${given.name} at timestep ${t - offset}`);
  canvas.dataset.shown = addressOf(state, schedule().label);
  canvas.setAttribute('aria-busy', 'false');
  if (!player) element('said').textContent = `t ${t - offset}, ${view.said(schedule(), t)}`;
}

// Plays on from t, or from the beginning where it is at the end.
function play() {
  if (player) return pause();
  const first = state.t < schedule().steps ? state.t : offset;
  const began = performance.now();
  const tick = (now) => {
    const {steps} = schedule();
    const share = reducesMotion.matches
        ? Math.floor((now - began) / kStill) / kStills : (now - began) / kPlayed;
    const t = clampStep(first + Math.floor(share * (steps - offset)));
    if (t !== state.t) change({t}, true);
    if (t === steps) return pause();
    player = requestAnimationFrame(tick);
  };
  player = requestAnimationFrame(tick);
  element('play').setAttribute('aria-pressed', 'true');
  element('play').setAttribute('aria-label', 'Pause');
  element('play-shape').setAttribute('d', 'M3 2h3.5v12H3zM9.5 2H13v12H9.5z');
}

function pause() {
  if (!player) return;
  cancelAnimationFrame(player);
  player = null;
  element('play').setAttribute('aria-pressed', 'false');
  element('play').setAttribute('aria-label', 'Play');
  element('play-shape').setAttribute('d', 'M4 2.5v11l9-5.5z');
  change({});
}

function fileName() {
  const stem = given.name.replace(/\.[^.]*$/, '');
  const digits = String(schedule().steps - offset).length;
  return `${stem}_t${String(shown.t - offset).padStart(digits, '0')}.png`;
}

// What is shown, without a canvas in between.
async function save() {
  if (!shown || shown.stride > 1) return;
  const {width, height, channels, alpha} = image;
  const colour = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; ++pixel) {
    for (let c = 0; c < channels; ++c) colour[pixel * channels + c] = shown.rgba[4 * pixel + c];
  }
  const url = URL.createObjectURL(await encodePng({width, height, channels, colour, alpha}));
  const link = Object.assign(document.createElement('a'), {href: url, download: fileName()});
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function copy() {
  const button = element('copy');
  const text = commandOf();
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {  // not allowed here: chosen for the reader to copy
    getSelection().selectAllChildren(element('command'));
    button.textContent = document.execCommand('copy') ? 'Copied' : 'Press Ctrl+C';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}

function takeSeed() {
  const field = element('seed');
  const seed = parseSeed(field.value.trim());
  field.setAttribute('aria-invalid', String(seed === null));
  if (seed !== null && seed !== state.seed) change({seed});
}

function takeStep() {
  const field = element('step');
  const isNumber = /^\d+$/.test(field.value.trim());
  const t = Number(field.value) + offset;
  const isThere = isNumber && t <= schedule().steps;
  field.setAttribute('aria-invalid', String(!isThere));
  if (isThere && t !== state.t) change({t});
}

function onKey(event) {
  const isElsewhere = event.target.closest('input, button, a, summary') !== null;
  if (isElsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
  const {t} = state;
  const far = Math.max(1, Math.round(schedule().steps / 20));
  const steps = {
    ArrowLeft: t - 1, ArrowRight: t + 1, ArrowDown: t - 1, ArrowUp: t + 1,
    PageDown: t - far, PageUp: t + far, Home: offset, End: schedule().steps,
  };
  if (event.key === ' ') play();
  else if (event.key in steps) {
    pause();
    change({t: clampStep(steps[event.key])}, true);
  } else return;
  event.preventDefault();
}

function addSchedules() {
  schedules.forEach(({label}, i) => {
    const choice = document.createElement('label');
    choice.style.setProperty('--mine', `var(--curve-${i % 6})`);
    const radio = Object.assign(document.createElement('input'),
                                {type: 'radio', name: 'schedule', value: i});
    const name = Object.assign(document.createElement('span'), {textContent: label});
    choice.append(radio, name);
    element('schedules').append(choice);
  });
}

function listen() {
  slider.addEventListener('input', () => {
    pause();
    change({t: Number(slider.value)}, true);
  });
  slider.addEventListener('change', () => change({}));
  element('step').addEventListener('input', takeStep);
  element('seed').addEventListener('input', takeSeed);
  for (const id of ['step', 'seed']) {
    element(id).addEventListener('blur', () => {
      element(id).setAttribute('aria-invalid', 'false');
      show();
    });
  }
  element('play').addEventListener('click', play);
  element('another').addEventListener('click', () => {
    change({seed: BigInt(Math.floor(Math.random() * 2 ** 32))});
  });
  element('choices').addEventListener('change', ({target}) => {
    if (target.name === 'path') change({path: target.value});
    if (target.name !== 'schedule') return;
    state.schedule = Number(target.value);
    change({t: clampStep(state.t)});
  });
  element('choices').addEventListener('submit', (event) => event.preventDefault());
  element('copy').addEventListener('click', copy);
  element('save').addEventListener('click', save);
  addEventListener('keydown', onKey);
  addEventListener('hashchange', () => {
    takeAddress();
    change({});
  });
}

function tellTrouble(what) {
  element('trouble').textContent = what;
  element('trouble').hidden = false;
}

async function start() {
  document.title = `${given.name} · qsample`;
  element('name').textContent = given.name;
  element('version').textContent = `qsample ${given.version}`;
  if (given.clean) element('made-by').textContent = 'The commands that make this very picture';
  canvas.width = given.width;
  canvas.height = given.height;
  // A small image is shown larger, each pixel a square.
  const times = Math.max(1, Math.floor(kLeastWidth / given.width));
  document.documentElement.style.setProperty('--picture', `${times * given.width}px`);
  addSchedules();
  takeAddress();
  listen();
  show();
  image = await decodePng(bytesOf(element('image').textContent));
  const source = [...document.querySelectorAll('.for-worker')].map((script) => script.textContent);
  makers = new Makers(source, {image, schedules, process: given.process}, {
    onReady: (stride) => {
      previewStride = stride;
      ask(stride > 1);  // there is nothing to see yet
    },
    onFrame: showFrame,
    onTrouble: (what) => tellTrouble(`The noise cannot be computed here: ${what}`),
  });
  keepAddress();
}

start().catch((error) => tellTrouble(`This browser cannot show the page: ${error.message}`));
