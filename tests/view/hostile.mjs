// Hostile messages through the viewer, in real Chromium: each of a store is shown by the viewer's own page, as its script would, many
// at a time; then poked at. Whatever asks for, runs, opens or goes anywhere but the viewer's own addresses is told.
//   node hostile.mjs POSTERN STORE COUNT OUT.jsonl
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import http from 'node:http';
import { POKE } from '../browser/poke.mjs';
import { view, browser } from './viewer.mjs';

const [postern, store, count, out] = process.argv.slice(2);
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'postern-hostile-'));
const lines = [];
const tell = (name, ok, why = '') => lines.push(JSON.stringify({ name, ok: !!ok, why: ok ? '' : String(why).slice(0, 600) }));
const v = await view(postern, store, { options: ['--keep'], env: { HOME: home } });
const b = await browser({ args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-site-isolation-trials',
  '--disable-features=IsolateOrigins,site-per-process,IsolateSandboxedIframes,Translate,MediaRouter,OptimizationHints'] });
const c = await b.newContext({ viewport: { width: 1200, height: 900 } });
const page = await c.newPage();
await page.goto(v.url);
await page.waitForSelector('.row');

// ---- every message ----
let acts = [];
const own = url => /^(data:|about:(blank|srcdoc))/.test(url) || url.startsWith(v.base);
c.on('request', request => { if (!own(request.url())) acts.push('requests ' + request.url()); });
c.on('page', async popup => { acts.push('opens ' + popup.url()); popup.close().catch(() => {}); });
page.on('dialog', dialog => { acts.push('dialog ' + dialog.message()); dialog.dismiss().catch(() => {}); });
page.on('download', download => acts.push('downloads ' + download.url()));
page.on('framenavigated', frame => { if (frame === page.mainFrame()) acts.push('navigates the top to ' + frame.url()); else if (!own(frame.url())) acts.push('navigates to ' + frame.url()); });
const cdp = await c.newCDPSession(page);
await cdp.send('Debugger.enable');
await cdp.send('Page.enable');
const main = (await cdp.send('Page.getFrameTree')).frameTree.frame.id;
cdp.on('Debugger.scriptParsed', s => {
  const a = s.executionContextAuxData;
  if (a && a.isDefault && a.frameId !== main) acts.push('runs a script ' + (s.url || 'inline'));
});
const poke = POKE.replace('https?:|', 'https?:|\\/[0-9a-f]{32}\\/go\\?|').replace('const outer = root === document;', 'const outer = false;');

// Shows some messages at once, in frames like the viewer's own; what went wrong.
async function show(numbers) {
  acts = [];
  await page.evaluate(list => Promise.all(list.map(number => new Promise(resolve => {
    const frame = document.createElement('iframe');
    frame.className = 'judged';
    frame.setAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox');
    frame.onload = resolve;
    frame.src = location.pathname + `m/${number}/page`;
    document.body.append(frame);
  }))), numbers);
  // Each frame is poked from within, in a world of our own. One in another process would not be in this tree, and so be missed.
  let poked = 0;
  for (const { frame } of (await cdp.send('Page.getFrameTree')).frameTree.childFrames ?? []) {
    if (!frame.url.endsWith('/page')) continue; // the shell's own frame asks with a query
    const world = await cdp.send('Page.createIsolatedWorld', { frameId: frame.id, worldName: 'judge' });
    const result = await cdp.send('Runtime.evaluate', { expression: poke, contextId: world.executionContextId, returnByValue: true });
    if (result.result?.value?.count > 0) poked++;
  }
  if (poked < numbers.length) acts.push(`only ${poked} of ${numbers.length} frames could be poked`);
  await page.waitForTimeout(120);
  await page.evaluate(() => document.querySelectorAll('.judged').forEach(frame => frame.remove()));
  return acts;
}

const all = Array.from({ length: +count }, (_, i) => i);
for (let i = 0; i < all.length; i += 32) {
  const some = all.slice(i, i + 32);
  const what = await show(some);
  for (const number of some) {
    const alone = what.length ? await show([number]) : [];
    tell(`p3_message ${number}`, !alone.length, alone.join('; '));
  }
}

// ---- a message that would run: what it could read ----
await page.evaluate(() => { const f = document.createElement('iframe'); f.name = 'thief'; f.setAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox'); f.src = location.pathname + 'm/0/page'; document.body.append(f); return new Promise(r => { f.onload = r; }); });
const thief = page.frames().find(frame => frame.name() === 'thief');
// Scripts are off there, so nothing that waits would ever go on: what can be read at once is read, what takes time is watched.
const got = [];
const byShell = request => { try { return request.frame() === page.mainFrame(); } catch { return false; } }; // what has no frame yet is not the shell's
c.on('response', response => { if (!byShell(response.request())) got.push(`${response.status()} ${response.url()}`); });
const stolen = await thief.evaluate(base => {
  const tries = {};
  const attempt = (name, f) => { try { tries[name] = String(f()); } catch (error) { tries[name] = 'no: ' + error.name; } };
  const must = (value, word) => { if (!value) throw new Error(word); return value; };
  const xhr = place => { const x = new XMLHttpRequest(); x.open('GET', base + place, false); x.send(); return x.responseText; };
  attempt('the page around it', () => parent.document.body.innerHTML);
  attempt('its address', () => parent.location.href);
  attempt('an origin', () => must(self.origin !== 'null' && self.origin, 'opaque'));
  attempt('cookies', () => document.cookie);
  attempt('storage', () => localStorage.length);
  attempt('a referrer', () => must(document.referrer, 'empty'));
  attempt('the shell', () => xhr(''));
  attempt('the list', () => xhr('list.json'));
  attempt('another message', () => xhr('m/1/page'));
  attempt('a part', () => xhr('m/0/part/1'));
  attempt('a worker', () => new Worker(base + 'app.js'));
  for (const place of ['', 'list.json', 'm/1/page', 'm/0/part/1', 'settings']) {
    fetch(base + place, { credentials: 'include', mode: 'no-cors', method: place === 'settings' ? 'POST' : 'GET' }).catch(() => {});
    new Image().src = base + place;
    const put = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties));
    put('iframe', { src: base + place });
    put('script', { src: base + place });
    put('link', { rel: 'stylesheet', href: base + place });
    put('object', { data: base + place });
    put('video', { src: base + place });
  }
  const form = Object.assign(document.createElement('form'), { method: 'POST', action: base + 'settings', target: '_top' });
  document.body.append(form);
  try { form.submit(); } catch {}
  try { top.location = 'about:blank#moved'; } catch {}
  try { open(base); } catch {}
  return tries;
}, v.base);
for (const [name, what] of Object.entries(stolen)) tell(`a message cannot have ${name}`, what.startsWith('no: '), what);
await page.waitForTimeout(600);
tell('and nothing that it asks for is answered', got.every(line => line.startsWith('403 ')), got.join('; '));
await page.waitForTimeout(200);
tell('the viewer is still there', page.url() === v.origin + new URL(v.base).pathname && await page.locator('#rows').count() === 1, page.url());

// ---- a page of another port that knows all but the cookie ----
const foreign = http.createServer((request, response) => { response.setHeader('Content-Type', 'text/html'); response.end('<!DOCTYPE html><title>foreign</title>'); });
await new Promise(resolve => foreign.listen(0, '127.0.0.1', resolve));
c.removeAllListeners('page');
const other = await c.newPage();
await other.goto(`http://127.0.0.1:${foreign.address().port}/`);
const taken = await other.evaluate(async base => {
  const tries = {};
  const attempt = async (name, f) => { try { tries[name] = String(await f()); } catch (error) { tries[name] = 'no: ' + error.name; } };
  const element = (tag, properties, event = 'load') => new Promise((resolve, reject) => { const e = Object.assign(document.createElement(tag), properties); e.onerror = () => reject(new TypeError('x')); e.addEventListener(event, () => resolve('loaded')); document.body.append(e); });
  for (const place of ['', 'm/0/page', 'm/0/info.json', 'list.json', 'm/0/part/1', 'strings.json', 'alive']) {
    await attempt(`read ${place || 'the shell'}`, async () => (await fetch(base + place, { credentials: 'include' })).text());
  }
  await attempt('use app.js', () => element('script', { src: base + 'app.js' }));
  await attempt('use app.css', () => element('link', { rel: 'stylesheet', href: base + 'app.css' }));
  await attempt('use the icon', () => element('img', { src: base + 'icon.svg' }));
  await attempt('frame the shell', async () => { await element('iframe', { src: base }); const f = document.querySelector('iframe'); return f.contentDocument.body.innerHTML; });
  await attempt('change settings', async () => { const answer = await fetch(base + 'settings', { method: 'POST', body: 'plain=1', credentials: 'include', mode: 'no-cors' }); if (answer.type === 'opaque') throw new Error('opaque'); return answer.status; });
  await attempt('open and look in', async () => { const w = window.open(base); await new Promise(r => setTimeout(r, 700)); try { return w.document.body.innerHTML; } finally { w.close(); } });
  return tries;
}, v.base);
for (const [name, what] of Object.entries(taken)) tell(`a page of another port cannot ${name}`, what.startsWith('no: '), what);
const form = await c.newPage();
await form.goto(`http://127.0.0.1:${foreign.address().port}/`);
await form.evaluate(base => { const f = Object.assign(document.createElement('form'), { method: 'POST', action: base + 'settings' }); f.append(Object.assign(document.createElement('input'), { name: 'plain', value: '1' })); document.body.append(f); f.submit(); }, v.base);
await form.waitForTimeout(400);
const config = path.join(home, 'config/postern/view.conf');
tell('a form of another page changes no setting', !fs.existsSync(config), 'there is ' + config);
await page.reload();
await page.waitForSelector('.row');
tell('the viewer stays up through it all', await page.locator('.row').count() > 0);
foreign.close();
await b.close();
tell('the viewer ends well', await v.stop() === 0, v.err);
fs.writeFileSync(out, lines.join('\n') + '\n');
fs.rmSync(home, { recursive: true, force: true });
process.exit(0);
