// What the page was given: its schedules, and what follows from their tables.
'use strict';

function bytesOf(base64) {
  const text = atob(base64);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

// The schedule with its tables as arrays, alpha and sigma for t = 0..T, and what its process needs.
function decodeSchedule({label, steps, words, bridges, ...tables}) {
  const schedule = {label, steps, words};
  for (const [name, text] of Object.entries(tables)) {
    schedule[name] = new Float64Array(bytesOf(text).buffer);
  }
  if (bridges) schedule.bridges = new Float32Array(bytesOf(bridges).buffer);
  return schedule;
}

function alphaBar(schedule, t) {
  return schedule.alpha[t] ** 2;
}

function logSnr(schedule, t) {
  return 2 * (Math.log(schedule.alpha[t]) - Math.log(schedule.sigma[t]));
}

function snr(schedule, t) {
  return (schedule.alpha[t] / schedule.sigma[t]) ** 2;
}

// What x_t is divided by so that it is compared with N(0, 1): no more than itself where the image
// shrinks as the noise grows, its standard deviation where nothing does, once that shows.
function spread(schedule, t) {
  const deviation = Math.sqrt(alphaBar(schedule, t) + schedule.sigma[t] ** 2);
  return deviation > 1.001 ? deviation : 1;
}

// The bins of histograms of x_t, to both sides of 0. Values that are drawn have four to a bin.
function histogramOf({kind}) {
  return kind === 'drawn' ? {bins: 64, reach: 256 / 255} : {bins: 96, reach: 4};
}
