// What the page says of a timestep, which each process has its own numbers for.
'use strict';

// Numbers as a reader takes them in.
function readable(value, digits = 4) {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3)
      ? value.toExponential(digits - 2).replace('e+', 'e') : value.toPrecision(digits);
  return text.replace(/-/g, '−');
}

function fixed(value, digits) {
  if (!Number.isFinite(value)) return readable(value);
  return value.toFixed(digits).replace(/^-(?=.*[1-9])/, '−').replace('-', '');
}

const kOfXt = '<i>q</i>(<i>x<sub>t</sub></i> | <i>x</i><sub>0</sub>) = ';
const withIndex = (letter, index = '<i>t</i>') => `<i>${letter}</i><sub>${index}</sub>`;
const kAlphaBar = withIndex('ᾱ');
const kX0 = withIndex('x', '0');

// Numbers: an id, what it is called, its text; curves: an id, what it is called, and in words, its value,
// how it is read out, whether it grows beyond all bounds at both ends.
const kNumbers = {
  alpha: ['alpha', withIndex('α'), ({alpha}, t) => readable(alpha[t])],
  sigma: ['sigma', withIndex('σ'), ({sigma}, t) => readable(sigma[t])],
  snr: ['snr', 'SNR', (of, t) => readable(snr(of, t))],
  logSnr: ['log-snr', 'log SNR', (of, t) => fixed(logSnr(of, t), 3)],
  blur: ['blur', 'blur in pixels', ({blur}, t) => readable(blur[t])],
  beta: ['beta', withIndex('β'), ({betas}, t) => (t === 0 ? '–' : readable(betas[t - 1]))],
  kept: ['alpha-bar', kAlphaBar, ({kept}, t) => readable(kept[t])],
  walked: ['walked', 'deviation', (of, t) => readable(walkedOf(of)[t])],
};

const kCurves = {
  alphaBar: ['curve-alpha-bar', kAlphaBar, 'what is left of the image', alphaBar, 'alpha bar over t'],
  sigma: ['curve-sigma', withIndex('σ'), 'deviation of the noise', ({sigma}, t) => sigma[t], 'sigma over t'],
  logSnr: ['curve-log-snr', 'log SNR', 'signal to noise', logSnr, 'log SNR over t', true],
  ofBlurred: ['curve-alpha-bar', kAlphaBar, 'what is left of the blurred image', alphaBar, 'alpha bar over t'],
  blur: ['curve-blur', 'blur', 'its deviation in pixels', ({blur}, t) => blur[t], 'blur over t'],
  kept: ['curve-alpha-bar', kAlphaBar, 'share that has not jumped', ({kept}, t) => kept[t], 'alpha bar over t'],
  beta: ['curve-beta', withIndex('β'), 'chance of a jump', ({betas}, t) => betas[Math.max(0, t - 1)], 'beta over t'],
  width: ['curve-beta', withIndex('β'), 'how wide a step is', ({betas}, t) => betas[Math.max(0, t - 1)], 'beta over t'],
  walked: ['curve-walked', 'deviation', 'of all steps, in values', (of, t) => walkedOf(of)[t],
           'deviation of all steps over t'],
};

const kWalked = new WeakMap();  // by schedule

// The deviation of the sum of the steps up to each t, in values, if there were no ends to them.
function walkedOf(schedule) {
  if (!kWalked.has(schedule)) {
    const walked = new Float64Array(schedule.steps + 1);
    let variance = 0;
    schedule.betas.forEach((beta, i) => {
      const {law, reach} = gaussianSteps(beta);
      for (let d = 1; d <= reach; ++d) variance += 2 * d * d * law[kStates - 1 + d];
      walked[i + 1] = Math.sqrt(variance);
    });
    kWalked.set(schedule, walked);
  }
  return kWalked.get(schedule);
}

const bell = (x) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
const kBell = {most: 0.46, density: bell, name: 'N(0, 1)', at: 1.15};
const kNoBell = {most: 1.5};

const kClipped = ['clipped', 'clipped', null, ({clipped}) => clipped];
const kChanged = ['changed', 'changed', null, ({changed}) => changed];

function mixedView() {
  return {
    law: `<i>N</i>(${withIndex('α')} ${kX0}, ${withIndex('σ')}<sup>2</sup> I)`,
    numbers: [kNumbers.alpha, kNumbers.sigma, kNumbers.snr, kNumbers.logSnr, kClipped],
    curves: [kCurves.alphaBar, kCurves.sigma, kCurves.logSnr],
    formula: ({alpha, sigma}, t) =>
        `<b>${readable(alpha[t])}</b> ${kX0} + <b>${readable(sigma[t])}</b> <i>ε</i>`,
    said: (of, t) => `SNR ${readable(snr(of, t), 3)}`,
    end: kBell,
    agreement: 'to the bit',
  };
}

function blurredView(process, schedules) {
  return {
    ...mixedView(),
    law: `<i>N</i>(${withIndex('α')} ${withIndex('B')} ${kX0}, ${withIndex('σ')}<sup>2</sup> I), ` +
         `${withIndex('B')} a blur`,
    numbers: [kNumbers.alpha, kNumbers.sigma, kNumbers.blur, kNumbers.snr, kClipped],
    curves: [kCurves.ofBlurred, kCurves.sigma, kCurves.blur],
    formula: ({alpha, sigma}, t, shown) =>
        `<b>${readable(alpha[t])}</b> ${withIndex('B', shown)} ${kX0} + <b>${readable(sigma[t])}</b> <i>ε</i>`,
    said: ({blur}, t) => `blur ${readable(blur[t], 3)} pixels`,
    // Where it ends as a blur, noise is not what it comes to.
    end: schedules.some((of) => snr(of, of.steps) < 1) ? kBell : kNoBell,
    agreement: 'to the pixel',
  };
}

function drawnView({transition}) {
  const isWalk = transition === 'gaussian';
  const matrix = (index) => withIndex('Q', index);
  return {
    law: `Cat(${kX0} ${matrix('1')} ${matrix('2')} ⋯ ${matrix('<i>t</i>')}), D3PM ${transition}`,
    numbers: [kNumbers.beta, isWalk ? kNumbers.walked : kNumbers.kept, kChanged],
    curves: isWalk ? [kCurves.walked, kCurves.width] : [kCurves.kept, kCurves.beta],
    formula: (of, t) => (isWalk
        ? `${kX0} + steps of deviation <b>${readable(walkedOf(of)[t])}</b> within 0..255`
        : `${kX0} with probability <b>${readable(of.kept[t])}</b>, else ` +
          `${transition === 'uniform' ? 'any of 256 values' : 'the grey 128'}`),
    said: ({betas}, t) => (t === 0 ? 'the image' : `beta ${readable(betas[t - 1], 3)}`),
    end: transition === 'absorbing' ? kNoBell
        : {...kNoBell, density: () => 0.5, name: 'all values alike', at: -0.9},
    agreement: 'to the pixel',
  };
}

// law: of x_t; numbers and curves; formula(schedule, t, shown) of x_t, `shown` being t as it is counted;
// said(schedule, t) for those who hear it; end: what the histogram is compared with, if with anything;
// agreement with the program.
function viewOf(process, schedules) {
  const views = {mixed: mixedView, blurred: blurredView, drawn: drawnView};
  return views[process.kind](process, schedules);
}
