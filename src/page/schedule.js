// What the page was given: its schedules, and what follows from their tables.
'use strict';

function bytesOf(base64) {
  const text = atob(base64);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

// The schedule with its tables as arrays, alpha and sigma for t = 0..T.
function decodeSchedule({label, steps, words, alpha, sigma, bridges}) {
  return {
    label, steps, words,
    alpha: new Float64Array(bytesOf(alpha).buffer),
    sigma: new Float64Array(bytesOf(sigma).buffer),
    bridges: new Float32Array(bytesOf(bridges).buffer),
  };
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
// shrinks as the noise grows, its standard deviation where nothing does.
function spread(schedule, t) {
  return Math.max(1, Math.sqrt(alphaBar(schedule, t) + schedule.sigma[t] ** 2) / (1 + 1e-6));
}
