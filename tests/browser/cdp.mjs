// Debian's Chromium over the DevTools protocol on a pipe: start, sessions, events. Nothing but what the tests need.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

// Features that would keep a request from leaving (and so hide it), split the page over processes, or talk to the outside.
const OFF = [
  'AutofillServerCommunication', 'CertificateTransparencyComponentUpdater', 'DialMediaRouteProvider', 'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades', 'InterestFeedContentSuggestions', 'IsolateOrigins', 'IsolateSandboxedIframes', 'LocalNetworkAccessChecks', 'MediaRouter',
  'OptimizationHints', 'PrivateNetworkAccessSendPreflights', 'Translate', 'site-per-process',
];

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

export class Browser {
  // extra: more switches. Its profile is new and goes with it.
  static async start(extra = []) {
    const self = new Browser();
    self.profile = fs.mkdtempSync(path.join(os.tmpdir(), 'postern-chromium-'));
    const switches = [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-domain-reliability', '--disable-breakpad',
      '--disable-extensions', '--metrics-recording-only', '--no-default-browser-check', '--disable-site-isolation-trials',
      '--disable-dev-shm-usage', '--hide-scrollbars', '--mute-audio', '--force-color-profile=srgb', '--disable-renderer-backgrounding',
      '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-hang-monitor',
      '--remote-debugging-pipe', `--disable-features=${OFF.join(',')}`, `--user-data-dir=${self.profile}`, ...extra, 'about:blank',
    ];
    const env = { ...process.env, HOME: self.profile };
    self.process = spawn('/usr/bin/chromium', switches, { stdio: ['ignore', 'ignore', process.env.CHROMIUM_LOG ? 'inherit' : 'ignore', 'pipe', 'pipe'], env });
    self.waiting = new Map();
    self.sessions = new Map();
    self.listeners = [];
    self.next = 0;
    self.gone = false;
    self.process.on('exit', () => { self.gone = true; for (const w of self.waiting.values()) w.reject(new Error('the browser is gone')); self.waiting.clear(); });
    self.process.stdio[3].on('error', () => {});
    let rest = [];
    self.process.stdio[4].on('data', chunk => {
      let from = 0;
      for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, from)) {
        rest.push(chunk.subarray(from, at));
        self.receive(JSON.parse(Buffer.concat(rest).toString()));
        rest = [];
        from = at + 1;
      }
      rest.push(chunk.subarray(from));
    });
    await self.send('Target.setDiscoverTargets', { discover: true });
    return self;
  }

  receive(message) {
    if (message.id !== undefined) {
      const waiter = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (waiter) message.error ? waiter.reject(new Error(waiter.method + ': ' + message.error.message)) : waiter.resolve(message.result);
      return;
    }
    const listener = message.sessionId ? this.sessions.get(message.sessionId) : null;
    if (message.sessionId) { if (listener) listener(message.method, message.params); }
    else for (const l of this.listeners) l(message.method, message.params);
  }

  send(method, params = {}, sessionId = undefined) {
    if (this.gone) return Promise.reject(new Error('the browser is gone'));
    const id = ++this.next;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, method }));
    this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    return answer;
  }

  // A new tab; onEvent(method, params) gets what it says.
  async tab(onEvent = () => {}, width = 1000, height = 800) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', newWindow: true, width, height });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = { targetId, sessionId, onEvent, send: (method, params) => this.send(method, params, sessionId) };
    this.sessions.set(sessionId, (method, params) => tab.onEvent(method, params));
    tab.close = async () => { this.sessions.delete(sessionId); await this.send('Target.closeTarget', { targetId }).catch(() => {}); };
    return tab;
  }

  async stop() {
    if (!this.gone) {
      const ended = new Promise(resolve => this.process.once('exit', resolve));
      this.send('Browser.close').catch(() => {});
      // the log of look-ups is put together at the end, which takes its time on a loaded machine
      await Promise.race([ended, sleep(60000)]);
      if (!this.gone) { this.process.kill('SIGKILL'); await Promise.race([ended, sleep(2000)]); }
    }
    // its last processes may still be writing there
    for (let i = 0; i < 20; i++) {
      try { fs.rmSync(this.profile, { recursive: true, force: true }); return; } catch { await sleep(100); }
    }
  }
}
