// The page's noise is the program's, to the bit: node noise_test.js PROGRAM IMAGE...
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {load, partsOf, readNpy, readPnm, runProgram} = require('./load.js');

const {NoiseField, planOf, parseSeed, scaledImage, xOf, sampleOf, decodePng, encodePng, bytesOf,
       decodeSchedule} =
    load(['pieces.js', 'noise.js', 'png.js', 'schedule.js'],
         ['NoiseField', 'planOf', 'parseSeed', 'scaledImage', 'xOf', 'sampleOf', 'decodePng',
          'encodePng', 'bytesOf', 'decodeSchedule']);
const [program, ...images] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qsample-page-'));
process.chdir(folder);
process.on('exit', () => fs.rmSync(folder, {recursive: true}));

const bits = (floats) => new Int32Array(floats.buffer, floats.byteOffset, floats.length);
const golden = {label: 'none', steps: 1, alpha: [1, 0], sigma: [0, 1]};

// All the noise of an image, piece after piece.
function wholeNoise(field, plan) {
  const noise = new Float32Array(field.samplesInAll);
  for (let piece = field.first; piece < field.end; ++piece) {
    noise.set(field.noise(piece, plan), piece * field.pieceSamples);
  }
  return noise;
}

function testGoldenValues() {
  const field = new NoiseField({width: 512, height: 512, channels: 1}, 1, 1);
  const noise = wholeNoise(field, planOf(golden, 'shared', 0n, 1));
  assert.deepStrictEqual(
      [...bits(noise).subarray(0, 8)].map((word) => word >>> 0),
      [0xbf6cb6b0, 0x3e392a68, 0x4022d27d, 0x3eb4029c, 0xbeb0b9c6, 0x3e6061e2, 0xbf44c744,
       0x3e770b98]);
  // FNV-1a of the bytes, as tests/core/noise_test.cpp has it.
  let hash = 0xcbf29ce484222325n;
  for (const byte of new Uint8Array(noise.buffer)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  assert.strictEqual(hash, 0xa9dbc03d89766c87n);
}

function testSeeds() {
  assert.strictEqual(parseSeed('18446744073709551615'), 2n ** 64n - 1n);
  assert.strictEqual(parseSeed('-1'), 2n ** 64n - 1n);
  assert.strictEqual(parseSeed('0x1F'), 31n);
  for (const none of ['', '7x', '1.5', '18446744073709551616', '-9223372036854775809', '-0x1']) {
    assert.strictEqual(parseSeed(none), null, none);
  }
}

// Differing bits of x_t in planar order, of eps, and of the 8-bit samples.
function compare(image, field, schedule, setting) {
  const {t, seed, path: kind} = setting;
  const words = ['noise', 'clean.png', '-t', t, '--seed', seed, '--path', kind, ...setting.words];
  const made = (...more) => runProgram(program, [...words, '-q', '-o', '-', ...more]);
  const plan = planOf(schedule, kind, parseSeed(seed), t);
  const noise = wholeNoise(field, plan);
  const scaled = scaledImage(plan.alpha);
  const x = Float32Array.from(image.colour, (v, n) => xOf(scaled[v], plan.factor, noise[n]));
  const planar = (floats) => floats.map((_, n) => {
    const area = image.width * image.height;
    return floats[(n % area) * image.channels + Math.floor(n / area)];
  });
  const where = JSON.stringify(setting);
  assert.deepStrictEqual(bits(planar(x)), bits(readNpy(made('--format', 'npy')).floats), `x_t ${where}`);
  if (kind === 'shared' && t === schedule.steps) {
    made('--format', 'npy', '--save', 'eps=eps.npy', '-f');
    const eps = readNpy(fs.readFileSync('eps.npy')).floats;
    assert.deepStrictEqual(bits(planar(noise)), bits(eps), `eps ${where}`);
  }
  const samples = Uint8Array.from(Uint8ClampedArray.from(x, sampleOf));
  assert.deepStrictEqual(samples, readPnm(made('--format', 'pnm')).samples, `samples ${where}`);
}

// Every `stride`-th pixel has the noise that it has among all.
function testStrides(image, schedule) {
  const all = new NoiseField(image, 1, schedule.steps);
  for (const stride of [2, 3, 7]) {
    const few = new NoiseField(image, stride, schedule.steps);
    for (const kind of ['markov', 'independent']) {
      const plan = planOf(schedule, kind, 5n, 377);
      const whole = wholeNoise(all, plan);
      const picked = wholeNoise(few, plan);
      for (let n = 0; n < picked.length; ++n) {
        const pixel = Math.floor(n / image.channels);
        const at = (Math.floor(pixel / few.width) * stride * image.width +
                    pixel % few.width * stride) * image.channels + n % image.channels;
        assert.ok(Object.is(picked[n], whole[at]), `stride ${stride}, sample ${n}`);
      }
    }
  }
}

async function testImage(file) {
  const schedules = [
    ['linear'], ['cosine'], ['karras'], ['linear', '--zero-terminal-snr'], ['flow', '-T', '50'],
  ];
  for (const [name, ...more] of schedules) {
    const words = ['--schedule', name, ...more];
    const page = runProgram(program, ['page', file, '-o', '-', '-q', ...words]);
    const {data, image: text} = partsOf(page.toString());
    const png = bytesOf(text);
    const image = await decodePng(png);
    fs.writeFileSync('clean.png', png);
    const clean = runProgram(program, ['noise', file, '-t', '0', '--depth', '8', '-o', '-']);
    assert.deepStrictEqual(image, await decodePng(clean), `${file}: x_0`);
    // The page's own encoder keeps all of it.
    const again = await decodePng(new Uint8Array(await (await encodePng(image)).arrayBuffer()));
    assert.deepStrictEqual(again, image);
    if (image.alpha) {  // which no .pnm holds; it is no part of the noise
      fs.writeFileSync('clean.png', new Uint8Array(
          await (await encodePng({...image, alpha: null})).arrayBuffer()));
    }
    const schedule = decodeSchedule(data.schedules[0]);
    const field = new NoiseField(image, 1, schedule.steps);
    const last = schedule.steps;
    // One after the other, so that draws are kept and thrown away.
    for (const kind of ['markov', 'shared', 'independent']) {
      for (const seed of ['0', '42', '18446744073709551615']) {
        for (const share of seed === '42' ? [1, 0.251, 0.252, 0] : [0.999, 0.5]) {
          compare(image, field, schedule, {t: Math.round(share * last), seed, path: kind, words});
        }
      }
    }
    if (name === 'cosine') testStrides(image, schedule);
  }
}

async function main() {
  testGoldenValues();
  testSeeds();
  for (const image of images) await testImage(image);
  console.log('all right');
}
main();
