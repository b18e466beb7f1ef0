// The page's x_t by each process, pixel by pixel that of the program: node processes_test.js PROGRAM IMAGE
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {load, partsOf, readNpy, readPnm, runProgram} = require('./load.js');

const {DiscreteField, BlurredField, PlaneTransform, sampleOf, decodePng, bytesOf, decodeSchedule} =
    load(['pieces.js', 'noise.js', 'png.js', 'schedule.js', 'processes/cosine.js', 'processes/blur.js',
          'processes/chains.js', 'processes/discrete.js'],
         ['DiscreteField', 'BlurredField', 'PlaneTransform', 'sampleOf', 'decodePng', 'bytesOf',
          'decodeSchedule']);
const [program, photo] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qsample-page-'));
process.on('exit', () => fs.rmSync(folder, {recursive: true}));

// Against the sum that the transform is, of sides of every kind: with primes small and large.
function testTransform() {
  const direct = (plane, width, height) => Float64Array.from(plane, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    const sum = plane.reduce((sum, x, n) => sum + x *
        Math.cos(Math.PI * (Math.floor(n / width) + 0.5) * i / height) *
        Math.cos(Math.PI * (n % width + 0.5) * j / width), 0);
    return sum * Math.sqrt((i ? 2 : 1) / height * (j ? 2 : 1) / width);
  });
  for (const [width, height] of [[1, 1], [1, 2], [5, 3], [16, 8], [34, 35], [67, 12], [7, 71], [40, 66]]) {
    const plane = Float64Array.from({length: width * height}, (_, i) => Math.sin(i * i + 1));
    const changed = plane.slice();
    const transform = new PlaneTransform(width, height);
    const differ = (other) => Math.max(...changed.map((x, i) => Math.abs(x - other[i])));
    assert.strictEqual([...transform.forward(changed)].length, 2);  // it pauses
    assert.ok(differ(direct(plane, width, height)) < 1e-12, `${width} x ${height}`);
    assert.strictEqual([...transform.inverse(changed)].length, 2);
    assert.ok(differ(plane) < 1e-13, `${width} x ${height} and back`);
  }
}

function allSamples(fields, schedule, question) {
  const x = new Float32Array(fields[0].samplesInAll);
  for (const field of fields) {
    for (const pause of field.prepare(schedule, question)) void pause;
    for (let piece = field.first; piece < field.end; ++piece) {
      x.set(field.samples(piece), piece * field.pieceSamples);
    }
  }
  return x;
}

const pixelsOf = (x) => Uint8Array.from(Uint8ClampedArray.from(x, sampleOf));

// The samples of every stride-th pixel, of an image of three channels.
function strided(samples, {width, channels}, field) {
  return Uint8Array.from({length: field.samplesInAll}, (_, n) => {
    const pixel = Math.floor(n / channels);
    const y = Math.floor(pixel / field.width) * field.stride;
    const x = pixel % field.width * field.stride;
    return samples[(y * width + x) * channels + n % channels];
  });
}

// The noise of a blurred chain in a preview is of the lowest frequencies that it has in the whole.
function testFrequencies(small, whole, schedule) {
  const [few, all] = [small, whole].map((field) => {
    allSamples([field], schedule, {path: 'markov', seed: 3n, t: 517});
    field.take(field.whole.map((x, i) => x - schedule.alpha[517] * field.seen[i]), 1);
    for (const pause of field.transform.forward(field.plane)) void pause;
    return field.plane;
  });
  for (let at = 0; at < few.length; ++at) {
    const there = all[Math.floor(at / small.width) * whole.width + at % small.width];
    assert.ok(Math.abs(few[at] - there) < 1e-5, `frequency ${at}: ${few[at]}, ${there}`);
  }
}

async function testProcess(input, words, ts) {
  const page = runProgram(program, ['page', input, '-o', '-', '-q', '-t', '0', ...words]);
  const {data, image: text} = partsOf(page.toString());
  const image = await decodePng(bytesOf(text));
  const schedule = decodeSchedule(data.schedules[0]);
  const {kind, transition} = data.process;
  const make = (stride, index, shares) => (kind === 'blurred'
      ? new BlurredField(image, stride, schedule.steps)
      : new DiscreteField(image, stride, schedule.steps, index, shares, transition));
  const fields = kind === 'blurred' ? [make(1)] : [make(1, 0, 2), make(1, 1, 2)];
  const preview = make(3, 0, 1);
  if (kind === 'blurred' && image.channels === 3) testFrequencies(preview, fields[0], schedule);
  let bits = 0;
  for (const route of ['markov', 'shared', 'independent']) {
    for (const t of ts) {
      for (const seed of t === ts[0] ? ['0', '18446744073709551615'] : ['7']) {
        const made = ['noise', input, '-q', '-o', '-', '-t', t, '--seed', seed, '--path', route, ...words];
        const where = `${words} ${route} t = ${t}, seed ${seed}`;
        const question = {path: route, seed: BigInt(seed), t};
        const x = allSamples(fields, schedule, question);
        const {samples} = readPnm(runProgram(program, [...made, '--format', 'pnm']));
        assert.deepStrictEqual(pixelsOf(x), samples, where);
        if (kind === 'drawn') {
          const small = pixelsOf(allSamples([preview], schedule, question));
          assert.deepStrictEqual(small, strided(samples, image, preview), `preview: ${where}`);
          const changed = samples.filter((v, i) => v !== image.colour[i]).length;
          assert.strictEqual(fields[0].changed + fields[1].changed, changed, `changed: ${where}`);
          continue;
        }
        // Of floats no more than the last bit differs, and seldom.
        const {floats} = readNpy(runProgram(program, [...made, '--format', 'npy']));
        const area = image.width * image.height;
        x.forEach((value, n) => {
          const there = floats[n % image.channels * area + Math.floor(n / image.channels)];
          assert.ok(Math.abs(value - there) <= 1e-6 * Math.max(1, Math.abs(there)), where);
          if (value !== there) ++bits;
        });
        testPreview(allSamples([preview], schedule, question), x, image, preview, where);
      }
    }
  }
  assert.ok(bits <= 3, `${words}: ${bits} floats`);
}

// A preview is as light, and varies as much, as what it is shown for.
function testPreview(small, whole, {channels}, field, where) {
  const moments = (x) => {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    return [mean, Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length)];
  };
  const [[mean, deviation], [ofWhole, deviationOfWhole]] = [moments(small), moments(whole)];
  const close = 5 * deviationOfWhole / Math.sqrt(field.samplesInAll / channels);
  assert.ok(Math.abs(mean - ofWhole) < close, `mean of a preview: ${mean}, ${ofWhole}, ${where}`);
  assert.ok(Math.abs(deviation - deviationOfWhole) < close, `its deviation: ${where}`);
}

async function main() {
  process.chdir(folder);
  fs.copyFileSync(photo, 'photo.png');
  const make = (...words) => runProgram(program, ['noise', 'photo.png', '-t', '0', ...words]);
  make('--view-size', '61', '-o', 'small.png');  // sides of a prime and of 41
  make('--view-size', '75', '--mode', 'grey', '-o', 'grey.png');
  testTransform();
  const far = [1000, 0, 1, 130, 999, 517, 518];  // back and forth
  await testProcess('small.png', ['--process', 'blur'], far);
  await testProcess('small.png', ['--process', 'heat'], far);
  await testProcess('grey.png', ['--process', 'heat', '-T', '40', '--blur-sigma-max', '64'], [40, 1, 23]);
  await testProcess('grey.png', ['--process', 'blur', '--blur-min-scale', '0', '--schedule', 'flow', '-T', '1'], [1, 0]);
  await testProcess('grey.png', ['--process', 'blur', '--blur-min-scale', '0.2', '--schedule', 'karras'], [40, 700]);
  await testProcess('small.png', ['--process', 'd3pm-uniform'], far);
  await testProcess('small.png', ['--process', 'd3pm-absorbing'], far);
  await testProcess('small.png', ['--process', 'd3pm-gaussian'], far);
  // With betas that are 1, and those of the paper.
  await testProcess('grey.png', ['--process', 'd3pm-uniform', '--schedule', 'jsd', '-T', '60'], [60, 59, 3]);
  await testProcess('grey.png', ['--process', 'd3pm-uniform', '--schedule', 'linear', '--beta-end', '0.9', '-T', '300'], [300, 100]);
  await testProcess('grey.png', ['--process', 'd3pm-gaussian', '--beta-start', '0.02', '--beta-end', '1', '-T', '100'], [100, 3, 77]);
  console.log('all right');
}
main();
