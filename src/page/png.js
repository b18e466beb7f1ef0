// PNG in and out, of 8-bit samples, without a canvas: that holds its colours multiplied by alpha, and
// some browsers change what is read from one.
'use strict';

const kSignature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

async function through(stream, bytes) {
  const output = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(output).arrayBuffer());
}

// The image that qsample's own encoder has written: {width, height, channels, colour, alpha}, alpha
// null where there is none.
async function decodePng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = [];
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const colourType = bytes[25];
  const channels = colourType & 2 ? 3 : 1;
  const hasAlpha = (colourType & 4) !== 0;
  const step = channels + (hasAlpha ? 1 : 0);
  const filtered = await through(new DecompressionStream('deflate'), new Blob(data));
  const samples = unfiltered(filtered, width * step, height, step);
  if (!hasAlpha) return {width, height, channels, colour: samples, alpha: null};
  const colour = new Uint8Array(width * height * channels);
  const alpha = new Uint8Array(width * height);
  for (let pixel = 0; pixel < alpha.length; ++pixel) {
    for (let c = 0; c < channels; ++c) colour[pixel * channels + c] = samples[pixel * step + c];
    alpha[pixel] = samples[pixel * step + channels];
  }
  return {width, height, channels, colour, alpha};
}

// Rows of `size` bytes behind the number of their filter each, to the bytes themselves; `step` is how
// far the neighbour to the left is.
function unfiltered(filtered, size, height, step) {
  const out = new Uint8Array(size * height);
  const paeth = (a, b, c) => {
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  };
  for (let y = 0; y < height; ++y) {
    const filter = filtered[y * (size + 1)];
    const from = y * (size + 1) + 1;
    const to = y * size;
    for (let i = 0; i < size; ++i) {
      const left = i < step ? 0 : out[to + i - step];
      const up = y === 0 ? 0 : out[to + i - size];
      const corner = i < step || y === 0 ? 0 : out[to + i - size - step];
      const guess = [0, left, up, (left + up) >> 1, filter === 4 ? paeth(left, up, corner) : 0][filter];
      out[to + i] = filtered[from + i] + guess;
    }
  }
  return out;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc >>> 0;
}

// The file of an image as decodePng() gives it.
async function encodePng({width, height, channels, colour, alpha}) {
  const step = channels + (alpha ? 1 : 0);
  const rows = new Uint8Array((width * step + 1) * height);
  for (let y = 0, at = 0, pixel = 0; y < height; ++y) {
    rows[at++] = 0;
    for (let x = 0; x < width; ++x, ++pixel) {
      for (let c = 0; c < channels; ++c) rows[at++] = colour[pixel * channels + c];
      if (alpha) rows[at++] = alpha[pixel];
    }
  }
  const chunk = (type, data) => {
    const bytes = new Uint8Array(12 + data.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, data.length);
    for (let i = 0; i < 4; ++i) bytes[4 + i] = type.charCodeAt(i);
    bytes.set(data, 8);
    view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
    return bytes;
  };
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, (channels === 3 ? 2 : 0) + (alpha ? 4 : 0), 0, 0, 0], 8);
  const data = await through(new CompressionStream('deflate'), rows);
  return new Blob([new Uint8Array(kSignature), chunk('IHDR', header), chunk('IDAT', data),
                   chunk('IEND', new Uint8Array(0))], {type: 'image/png'});
}
