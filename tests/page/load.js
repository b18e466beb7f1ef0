// The page's scripts in node, and the program to hold them against.
'use strict';
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const sources = path.join(__dirname, '../../src/page');

// Functions and classes that scripts of the page declare.
function load(scripts, names) {
  const text = scripts.map((name) => fs.readFileSync(path.join(sources, name), 'utf8')).join('\n');
  return new Function(`${text}\nreturn {${names.join(', ')}};`)();
}

// Of a page that the program has written.
function partsOf(html) {
  const part = (id) => html.match(new RegExp(`id="${id}">([^<]*)<`))[1];
  return {data: JSON.parse(part('data')), image: part('image')};
}

// The floats of a .npy that the program has written, and their shape.
function readNpy(bytes) {
  const header = 10 + bytes.readUInt16LE(8);
  const text = bytes.subarray(10, header).toString();
  if (!text.includes('\'<f4\'')) throw new Error(text);
  const copy = Uint8Array.prototype.slice.call(bytes, header);
  const shape = text.match(/\(([^)]*)\)/)[1].split(',').filter((part) => part.trim() !== '');
  return {shape: shape.map(Number), floats: new Float32Array(copy.buffer)};
}

// The samples of a binary PPM or PGM.
function readPnm(bytes) {
  const header = bytes.subarray(0, 64).toString('latin1').match(/^P[56]\s+(\d+)\s+(\d+)\s+255\s/);
  return {width: Number(header[1]), height: Number(header[2]),
          samples: new Uint8Array(bytes.subarray(header[0].length))};
}

// What the program writes to standard output.
function runProgram(program, words) {
  return execFileSync(program, words, {stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28});
}

module.exports = {load, partsOf, readNpy, readPnm, runProgram};
