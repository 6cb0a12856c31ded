// Opens pages in real Chromium, scripts on, and says for each what ran, loaded, connected, navigated, opened, downloaded, and which
// elements and attributes of it stand on no allowlist.
//   node judge.mjs --in LIST.jsonl --out VERDICTS.jsonl [--batch 48] [--tabs 3] [--wait 250] [--allow ALLOW.json]
// LIST: {"id", "file"} a line, `file` an HTML page. First many pages as frames of one document, several documents at a time; what
// belongs to a document with any doubt is opened again alone, one after the other. The pages come over HTTP from loopback, since
// only there Chromium resolves and connects ahead; a name that is only resolved shows in Chromium's own network log.
import fs from 'node:fs';
import os from 'node:os';
import http from 'node:http';
import path from 'node:path';
import { Browser, sleep } from './cdp.mjs';
import { listen } from './listener.mjs';
import { walk } from './walk.mjs';
import { POKE } from './poke.mjs';

const argument = (name, otherwise) => { const i = process.argv.indexOf('--' + name); return i < 0 ? otherwise : process.argv[i + 1]; };
const BATCH = +argument('batch', 48), TABS = +argument('tabs', 3), WAIT = +argument('wait', 250), RESTART = 60;
const allow = argument('allow') ? JSON.parse(fs.readFileSync(argument('allow'), 'utf8')) : null;
const list = fs.readFileSync(argument('in'), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'postern-judge-'));
const listener = await listen();
const QUIET = /^(data:|about:(blank|srcdoc)|chrome-error:|blob:null)/;
// hosts that Chromium itself looks up
const OWN_HOSTS = /(^|\.)(google\.com|googleapis\.com|gvt1\.com|gstatic\.com|googleusercontent\.com|chromium\.org)(:\d+)?$/;

// The pages, over HTTP from a port of their own. Anything else that is asked for there is a page's doing and shows as a request.
const outers = new Map();
const server = http.createServer((request, response) => {
  const outer = outers.get(request.url), number = /^\/page\/(\d+)$/.exec(request.url);
  if (!outer && !(number && list[+number[1]])) { response.statusCode = 404; response.end(); return; }
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(outer ?? fs.readFileSync(list[+number[1]].file));
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
list.forEach((row, i) => { row.url = `${origin}/page/${i}`; });

// Names a page made Chromium look up: [milliseconds since 1970], read from the log the browser leaves when it ends. null: at times,
// on a loaded machine, it ends without having written it, and what was open has to be opened again.
const netLog = path.join(work, 'net.json');
function lookups() {
  if (!fs.existsSync(netLog)) return null;
  const lines = fs.readFileSync(netLog, 'latin1').split('\n');
  if (!/\}\s*$/.test(lines.findLast(Boolean) ?? '') || lines.length < 3) { fs.unlinkSync(netLog); return null; }
  const constants = JSON.parse(lines[0].replace(/^\{"constants":\s*/, '').replace(/,\s*$/, ''));
  const type = constants.logEventTypes.HOST_RESOLVER_MANAGER_REQUEST, offset = +constants.timeTickOffset, found = [];
  for (const line of lines) {
    if (!line.includes(`"type":${type}`) || !line.includes('"host"')) continue;
    const event = JSON.parse(line.replace(/,\s*$/, '').replace(/\]\}?$/, '')), key = event.params.network_anonymization_key ?? '';
    if (key.includes('127.0.0.1') && !event.params.host.endsWith(':' + server.address().port)) found.push({ time: +event.time + offset, host: event.params.host });
  }
  fs.unlinkSync(netLog);
  return found;
}

const LOST = 4; // how often in a row the log may be missing
let browser = null, popups = [], idle = []; // idle: windows whose last document did nothing
const windows = []; // {rows, from, to, say(what)}: which pages were open when
// Whether the log was there.
async function halt() {
  if (!browser) return true;
  await browser.stop();
  browser = null;
  idle = [];
  const found = lookups();
  for (const { time, host } of found ?? [])
    for (const w of windows) if (time >= w.from && time <= w.to) w.late(`looks up a name (${host})`);
  windows.length = 0;
  return found !== null;
}
async function boot() {
  const logged = await halt();
  browser = await Browser.start([`--host-resolver-rules=MAP * 127.0.0.1:${listener.port}, EXCLUDE 127.0.0.1`, '--ignore-certificate-errors',
    '--autoplay-policy=no-user-gesture-required', '--log-net-log=' + netLog]);
  popups = [];
  browser.listeners.push((method, p) => {
    if (method !== 'Target.targetCreated') return;
    const t = p.targetInfo;
    if ((t.type === 'page' && !t.openerId) || t.type === 'tab' || t.type === 'browser_ui') return; // ours, the browser's
    popups.push({ type: t.type, opener: t.openerId, url: t.url });
    if (t.type === 'page') browser.send('Target.closeTarget', { targetId: t.targetId }).catch(() => {});
  });
  return logged;
}

// One document with the pages of `rows` as frames. Returns a Map index -> [what happened]; index -1: it is not clear whose it was.
let serial = 0;
async function open(rows, late = () => {}, outside = []) {
  const marks = new Map();
  const mark = (i, what) => { const k = i === undefined ? -1 : i; if (!marks.has(k)) marks.set(k, []); if (marks.get(k).length < 12) marks.get(k).push(what); };
  const urls = new Map(rows.map((row, i) => [row.url, i]));
  const outerUrl = `${origin}/outer/${++serial}`, from = Date.now();
  outers.set(new URL(outerUrl).pathname, '<!DOCTYPE html><meta charset=utf-8><link rel=icon href=data:,><style>iframe{position:fixed;left:0;top:0;width:1000px;height:800px;border:0}</style>' +
    rows.map(row => `<iframe src="${row.url}"></iframe>`).join(''));
  const owner = new Map(), parent = new Map(); // frame -> index of its page
  const indexOf = frame => { for (let f = frame; f; f = parent.get(f)) if (owner.has(f)) return owner.get(f); return undefined; };
  // a click on a link to a fragment scrolls, no more
  const withinPage = p => { const i = indexOf(p.frameId); return i !== undefined && p.url.startsWith(rows[i].url + '#'); };
  let mainFrame = null, loaded;
  const done = new Promise(resolve => { loaded = resolve; });
  const events = {
    'Page.frameAttached': p => parent.set(p.frameId, p.parentFrameId),
    'Page.frameStartedNavigating': p => { if (!owner.has(p.frameId) && urls.has(p.url)) owner.set(p.frameId, urls.get(p.url)); },
    'Page.frameNavigated': p => {
      const f = p.frame;
      if (!f.parentId) { mainFrame = f.id; if (f.url !== outerUrl && f.url !== 'about:blank') mark(undefined, 'navigated the top to ' + f.url.slice(0, 200)); return; }
      parent.set(f.id, f.parentId);
      if (f.parentId === mainFrame && urls.has(f.url) && (!owner.has(f.id) || owner.get(f.id) === urls.get(f.url))) owner.set(f.id, urls.get(f.url));
      else if (!QUIET.test(f.url)) mark(indexOf(f.id), 'navigated to ' + f.url.slice(0, 200));
      else if (f.parentId === mainFrame && owner.has(f.id)) mark(owner.get(f.id), 'navigated to ' + f.url.slice(0, 200));
    },
    'Page.frameRequestedNavigation': p => {
      if (p.reason === 'initialFrameNavigation' && parent.get(p.frameId) === mainFrame && urls.has(p.url)) { owner.set(p.frameId, urls.get(p.url)); return; }
      if ((p.reason === 'initialFrameNavigation' && QUIET.test(p.url)) || withinPage(p)) return;
      mark(indexOf(p.frameId), `wants to navigate (${p.reason}) to ` + p.url.slice(0, 200));
    },
    'Page.frameScheduledNavigation': p => withinPage(p) || mark(indexOf(p.frameId), `plans to navigate (${p.reason}) to ` + p.url.slice(0, 200)),
    'Page.windowOpen': p => mark(undefined, 'opens a window ' + p.url.slice(0, 200)),
    'Page.downloadWillBegin': p => mark(indexOf(p.frameId), 'downloads ' + p.url.slice(0, 200)),
    'Page.fileChooserOpened': p => mark(indexOf(p.frameId), 'asks for a file'),
    'Page.javascriptDialogOpening': p => { mark(undefined, `dialog ${p.type} ${p.message.slice(0, 80)}`); tab.send('Page.handleJavaScriptDialog', { accept: false }).catch(() => {}); },
    'Page.loadEventFired': () => loaded(),
    'Network.requestWillBeSent': p => {
      const url = p.request.url;
      if (QUIET.test(url) || url === outerUrl || (urls.has(url) && p.type === 'Document')) return;
      mark(indexOf(p.frameId), `requests (${p.type}) ` + url.slice(0, 200));
    },
    'Network.webSocketCreated': p => mark(undefined, 'web socket ' + p.url.slice(0, 200)),
    'Network.webTransportCreated': p => mark(undefined, 'web transport ' + p.url.slice(0, 200)),
    'Debugger.scriptParsed': p => {
      const a = p.executionContextAuxData;
      if (a && a.isDefault === false) return; // our own world
      mark(a && a.frameId ? indexOf(a.frameId) : undefined, 'runs a script ' + (p.url || 'inline').slice(0, 100));
    },
    'Runtime.consoleAPICalled': p => mark(undefined, 'writes to the console'),
    'Runtime.exceptionThrown': p => mark(undefined, 'throws'),
    'Log.entryAdded': p => { if (/Content Security Policy|Not allowed to load|ERR_/.test(p.entry.text)) mark(urls.get(p.entry.url), 'blocked: ' + p.entry.text.slice(0, 160)); },
    'Inspector.targetCrashed': () => { mark(undefined, 'crashes the page'); loaded(); },
  };
  const fresh = idle.length === 0, tab = idle.pop() ?? await browser.tab();
  tab.onEvent = (method, p) => events[method]?.(p);
  const connections = listener.seen.length, opened = popups.length;
  try {
    if (fresh) for (const domain of ['Page', 'Network', 'Runtime', 'Log', 'Debugger']) await tab.send(domain + '.enable');
    await tab.send('Page.navigate', { url: outerUrl });
    if (!await Promise.race([done.then(() => true), sleep(25000)])) mark(undefined, 'does not finish loading');
    await sleep(WAIT);
    for (const [i, what] of await walk(tab, rows, urls, allow)) outside.push([i, what]);
    const world = await tab.send('Page.createIsolatedWorld', { frameId: mainFrame, worldName: 'judge', grantUniveralAccess: true });
    const poked = await Promise.race([tab.send('Runtime.evaluate', { expression: POKE, contextId: world.executionContextId, returnByValue: true }), sleep(15000)]);
    if (!poked) mark(undefined, 'hangs when poked');
    else if (poked.exceptionDetails) mark(undefined, 'poking failed: ' + JSON.stringify(poked.exceptionDetails).slice(0, 300));
    else if (poked.result.value.frames < rows.length) mark(undefined, `only ${poked.result.value.frames} of ${rows.length} frames were poked`);
    for (const [x, y] of [[200, 100], [300, 40], [120, 300]]) await tab.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
    await sleep(WAIT / 2);
  } catch (error) {
    mark(undefined, 'the judge failed: ' + error.message);
  }
  if (marks.size) await Promise.race([tab.close(), sleep(2000)]); else idle.push(tab);
  for (const c of listener.seen.slice(connections)) if (!OWN_HOSTS.test(c.host)) mark(undefined, 'reaches the listener: ' + c.what);
  for (const p of popups.slice(opened)) if (!p.opener || p.opener === tab.targetId) mark(undefined, `opens a ${p.type} ${p.url}`);
  outers.delete(new URL(outerUrl).pathname);
  windows.push({ from, to: Date.now(), late });
  return marks;
}

await boot();
await open([]); // what the browser does on its own when it starts
const verdicts = new Map(list.map(row => [row, null]));
const batches = [];
for (let i = 0; i < list.length; i += BATCH) batches.push(list.slice(i, i + BATCH));
const doubtful = new Set();
let opened = 0, lost = 0;
while (batches.length) {
  const taken = batches.splice(0, RESTART), now = [...taken];
  await Promise.all(Array.from({ length: TABS }, async () => {
    for (let rows = now.shift(); rows; rows = now.shift()) {
      // One page's act may have kept its neighbours from theirs, so a document in doubt is opened again in whole.
      const doubt = () => rows.forEach(row => doubtful.add(row));
      const outside = [], marks = await open(rows, doubt, outside);
      if (marks.size) doubt();
      rows.forEach(row => verdicts.set(row, []));
      for (const [i, what] of outside) verdicts.get(rows[i]).push(what); // the tree says whose it is
      opened += rows.length;
      if (process.env.JUDGE_DEBUG) console.error(rows[0].id, rows.length, JSON.stringify([...marks]).slice(0, 600));
    }
  }));
  console.error(`${opened} of ${list.length} pages, ${doubtful.size} in doubt`);
  if (await boot()) { lost = 0; continue; }
  if (++lost === LOST) throw new Error('Chromium does not leave its log of look-ups');
  console.error('no log of look-ups: once more');
  batches.unshift(...taken);
}
console.error(`${list.length} pages, ${doubtful.size} opened alone`);
const queue = [...doubtful];
let since = []; // opened since the browser was started
while (queue.length || since.length) {
  if (!queue.length || browser.gone || since.length === 300) {
    const crashed = browser.gone; // a page did that, and has it said of it
    if (await boot() || crashed) lost = 0;
    else if (++lost === LOST) throw new Error('Chromium does not leave its log of look-ups');
    else queue.unshift(...since);
    since = [];
    if (!queue.length) break;
  }
  const row = queue.shift(), what = [];
  since.push(row);
  let outside = [], marks = await open([row], w => what.push(w), outside);
  if ([...marks.values()].flat().some(w => /^the judge failed|^does not finish/.test(w))) {
    await boot();
    outside = [];
    marks = await open([row], w => what.push(w), outside);
  }
  what.push(...[...marks.values()].flat(), ...outside.map(o => o[1]));
  verdicts.set(row, what);
}
await halt();
fs.writeFileSync(argument('out'), [...verdicts].map(([row, what]) => JSON.stringify({ id: row.id, ok: what !== null && what.length === 0, what }) + '\n').join(''));
listener.close();
server.close();
fs.rmSync(work, { recursive: true, force: true });
process.exit(0);
