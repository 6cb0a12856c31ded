// Screenshots of local files, network off, 1280 × 2000. One JSON line a page on standard input: {"url", "out"}.
//   node shoot.mjs < LIST
import fs from 'node:fs';
import readline from 'node:readline';
import { Browser, sleep } from '../browser/cdp.mjs';

const WIDTH = 1280, HEIGHT = 2000;
const browser = await Browser.start(['--host-resolver-rules=MAP * ~NOTFOUND', '--allow-file-access-from-files', '--force-device-scale-factor=1',
  '--font-render-hinting=none', '--disable-lcd-text', `--window-size=${WIDTH},${HEIGHT}`, '--disable-features=PaintHolding']);

// An animation, a caret and a picture that comes late are no differences between two renderings.
async function shoot({ url, out }) {
  let loaded;
  const done = new Promise(resolve => { loaded = resolve; });
  const tab = await browser.tab(method => { if (method === 'Page.loadEventFired' || method === 'Inspector.targetCrashed') loaded(); }, WIDTH, HEIGHT);
  try {
    await tab.send('Page.enable');
    await tab.send('Network.enable');
    await tab.send('Network.emulateNetworkConditions', { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 });
    await tab.send('Emulation.setDeviceMetricsOverride', { width: WIDTH, height: HEIGHT, deviceScaleFactor: 1, mobile: false });
    await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value: 'reduce' }] });
    // every animation stands still at its beginning, in both renderings
    await tab.send('Animation.enable');
    await tab.send('Animation.setPlaybackRate', { playbackRate: 0 });
    await tab.send('Page.navigate', { url });
    await Promise.race([done, sleep(20000)]);
    await sleep(400);
    const { data } = await tab.send('Page.captureScreenshot', { format: 'png', clip: { x: 0, y: 0, width: WIDTH, height: HEIGHT, scale: 1 }, captureBeyondViewport: false });
    fs.writeFileSync(out, Buffer.from(data, 'base64'));
  } finally {
    await tab.close();
  }
}

const queue = [];
for await (const line of readline.createInterface({ input: process.stdin })) if (line) queue.push(JSON.parse(line));
await Promise.all([0, 1].map(async () => {
  for (let row = queue.shift(); row; row = queue.shift()) {
    try { await shoot(row); } catch (error) { console.error(row.url, error.message); }
  }
}));
await browser.stop();
