// Headless Chromium over WebDriver, which is JSON over HTTP: no package is needed.
'use strict';
const {spawn} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {pathToFileURL} = require('node:url');

const kSkipped = 77;

// The first of some programs that is installed.
function find(...names) {
  const folders = (process.env.PATH ?? '').split(':');
  for (const name of names) {
    for (const folder of folders) {
      if (fs.existsSync(path.join(folder, name))) return path.join(folder, name);
    }
  }
  return null;
}

class Browser {
  // Ends the process as a skipped test where there is none.
  static async open() {
    const chromium = find('chromium', 'chromium-browser', 'google-chrome');
    const driver = find('chromedriver');
    if (!chromium || !driver) {
      console.log('SKIPPED: there is no chromium with a chromedriver');
      process.exit(kSkipped);
    }
    const browser = new Browser();
    browser.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'qsample-browser-'));
    browser.driver = spawn(driver, ['--port=0'], {stdio: ['ignore', 'pipe', 'ignore']});
    browser.address = await new Promise((resolve, reject) => {
      let said = '';
      browser.driver.on('exit', () => reject(new Error(`chromedriver: ${said}`)));
      browser.driver.stdout.on('data', (data) => {
        said += data;
        const port = said.match(/successfully on port (\d+)/);
        if (port) resolve(`http://127.0.0.1:${port[1]}/session`);
      });
    });
    const {sessionId} = await browser.call('POST', '', {capabilities: {alwaysMatch: {
      browserName: 'chrome',
      'goog:loggingPrefs': {browser: 'ALL'},
      'goog:chromeOptions': {binary: chromium, args: [
        '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
        `--user-data-dir=${browser.folder}`]},
    }}});
    browser.address += `/${sessionId}`;
    return browser;
  }

  async call(method, place, body) {
    const response = await fetch(this.address + place, {
      method, body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined});
    const {value} = await response.json();
    if (value && value.error) throw new Error(`${place}: ${value.message}`);
    return value;
  }

  // Chromium's own commands, beyond those of WebDriver.
  chromium(cmd, params = {}) {
    return this.call('POST', '/goog/cdp/execute', {cmd, params});
  }

  goTo(file, hash = '') {
    return this.call('POST', '/url', {url: pathToFileURL(file).href + hash});
  }

  // The value of a script's last expression; of one that ends `async`, what it gives to done().
  run(script, ...args) {
    return this.call('POST', '/execute/sync', {script, args});
  }

  runAsync(script, ...args) {
    return this.call('POST', '/execute/async', {script, args});
  }

  // Waits until a script's value is `wanted`.
  async until(script, wanted, ...args) {
    const deadline = Date.now() + 30000;
    for (;;) {
      const value = await this.run(script, ...args);
      if (value === wanted) return;
      if (Date.now() > deadline) throw new Error(`${script}: ${value} instead of ${wanted}`);
      await new Promise((resume) => setTimeout(resume, 5));
    }
  }

  // What the page or the browser had to complain of; but not of those who read pixels again and
  // again, as only a test does.
  async complaints() {
    const entries = await this.call('POST', '/se/log', {type: 'browser'});
    return entries.filter(({level}) => level === 'SEVERE' || level === 'WARNING')
        .map(({message}) => message).filter((message) => !message.includes('readback'));
  }

  async size(width, height) {
    await this.chromium('Emulation.setDeviceMetricsOverride', {
      width, height, deviceScaleFactor: 2, mobile: width < 500});
  }

  // prefers-color-scheme, prefers-reduced-motion: {name: value}.
  async prefer(features) {
    await this.chromium('Emulation.setEmulatedMedia', {
      features: Object.entries(features).map(([name, value]) => ({name, value}))});
  }

  async screenshot(file) {
    const {data} = await this.chromium('Page.captureScreenshot', {captureBeyondViewport: true});
    fs.writeFileSync(file, Buffer.from(data, 'base64'));
  }

  async close() {
    await this.call('DELETE', '').catch(() => {});
    this.driver.removeAllListeners('exit');
    this.driver.kill();
    fs.rmSync(this.folder, {recursive: true, force: true, maxRetries: 10, retryDelay: 100});
  }
}

module.exports = {Browser};
