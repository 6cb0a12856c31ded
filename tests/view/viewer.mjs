// Starts `postern view` and Chromium for the tests of the viewer. The driver is that of npm; the browser is the system's.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../browser/package.json', import.meta.url));
export const { chromium } = require('playwright-core');
export const AXE = require.resolve('axe-core/axe.min.js');

// A viewer; its address, its process, and what it printed. `ended` resolves with its exit code.
export async function view(postern, file, { options = [], env = {} } = {}) {
  const child = spawn(postern, ['view', '--no-open', ...options, file], { stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: path.join(env.HOME ?? '/tmp', 'config'), ...env } });
  const kill = () => child.kill('SIGKILL');
  const self = { child, out: '', err: '', ended: new Promise(resolve => child.on('close', resolve)) };
  child.stderr.on('data', data => { self.err += data; });
  child.once('close', () => process.off('exit', kill));
  process.on('exit', kill);
  self.url = await new Promise((resolve, reject) => {
    child.stdout.on('data', data => { self.out += data; if (self.out.includes('\n')) resolve(self.out.split('\n')[0]); });
    child.on('close', code => reject(new Error(`the viewer ended with ${code}: ${self.err}`)));
  });
  self.base = self.url.replace(/open\?.*/, '');
  self.origin = new URL(self.url).origin;
  self.stop = async () => { child.kill('SIGINT'); return self.ended; };
  return self;
}

export function browser(options = {}) {
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb', '--disable-background-networking'], ...options });
}
