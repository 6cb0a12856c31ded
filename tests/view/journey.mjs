// A new user's way through the viewer, in real Chromium: every sample, every view, by mouse and by keyboard, in English and Japanese,
// light and dark, narrow and wide, on paper; a store with its list; axe finds nothing anywhere.
//   node journey.mjs POSTERN SAMPLES STORE MANY FINDINGS PICTURES OUT.jsonl
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AXE, view, browser } from './viewer.mjs';

setTimeout(() => { console.error('no end in sight; so far: ' + lines.slice(-3).join(' ')); process.exit(1); }, 150000);
const [postern, samples, store, many, findings, pictures, out] = process.argv.slice(2);
const lines = [], axe = fs.readFileSync(AXE, 'utf8');
const tell = (name, ok, why = '') => { lines.push(JSON.stringify({ name, ok: !!ok, why: ok ? '' : String(why).slice(0, 600) })); };
const home = () => fs.mkdtempSync(path.join(os.tmpdir(), 'postern-journey-'));
const b = await browser();

async function enter(file, context = {}, settings = {}) {
  const v = await view(postern, file, { options: ['--keep'], env: { HOME: settings.home ?? home() } });
  const c = await b.newContext({ viewport: { width: 1280, height: 860 }, ...context });
  const page = await c.newPage(), wrong = [];
  page.on('pageerror', error => wrong.push(error.message));
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) wrong.push(message.text()); });
  await page.goto(v.url);
  return { v, c, page, wrong, close: async name => {
    tell(`${name}: nothing goes wrong in the page`, !wrong.length, wrong.join('; '));
    await c.close();
    tell(`${name}: ends well`, await v.stop() === 0, v.err);
  } };
}

// Facts, findings, and the page itself, which may come last.
async function read(page) {
  await page.waitForFunction(() => document.getElementById('zone').textContent !== '' && !document.getElementById('findings').hidden);
  await text(page);
}
// What the frame shows, once it is what the shell wants shown: facts may be there before the page is.
async function text(page) {
  for (let tries = 0; tries < 80; tries++) {
    const frame = page.frames()[1], wanted = await page.evaluate(() => document.getElementById('frame').dataset.shown);
    const shown = frame && wanted && frame.url().endsWith(wanted) ? await frame.evaluate(() => document.readyState === 'complete' ? document.body.innerText : '').catch(() => '') : '';
    if (shown) return shown;
    await page.waitForTimeout(100);
  }
  return '';
}
const shot = (page, name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });

async function accessible(page, name) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run(document, { iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  tell(`axe: ${name}`, result.violations.length === 0 && result.passes.length > 10, result.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 120) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`).join('; '));
}

async function until(name, f, page, argument) {
  await page.waitForFunction(f, argument, { timeout: 8000 }).then(() => tell(name, true), error => tell(name, false, error.message));
}

// ---- each sample, each view ----
const say = { 'ie-ms04-013.mht': ['Five keys', 'Fort News'], 'blink-page.mhtml': ['', ''], 'japanese-mail.eml': ['海の家', '海の家'], 'word-page.mht': ['Отчёт', 'Отчёт'] };
for (const [file, [inside, title]] of Object.entries(say)) {
  const { page, close } = await enter(path.join(samples, file));
  await read(page);
  tell(`${file}: its title`, (await page.textContent('#title')).includes(title) && (await page.title()).endsWith('Postern'), await page.textContent('#title'));
  tell(`${file}: its page`, (await text(page)).includes(inside) && (await text(page)).length > 100);
  await shot(page, `${file}-page`);
  await accessible(page, `${file} page`);
  for (const [key, name] of [['2', 'text'], ['3', 'source'], ['4', 'parts']]) {
    await page.keyboard.press(key);
    if (name === 'parts') {
      tell(`${file}: parts`, await page.locator('#parts li').count() > 1);
      await page.waitForTimeout(250);
    } else {
      await page.waitForFunction(n => document.getElementById('frame').dataset.shown.includes(`/${n}?`), name);
      await page.waitForTimeout(250);
      tell(`${file}: ${name}`, (await text(page)).length > 100 && (name !== 'source' || (await text(page)).includes('MIME-Version')));
    }
    await shot(page, `${file}-${name}`);
    await accessible(page, `${file} ${name}`);
  }
  await page.keyboard.press('1');
  for (const id of ['findings', 'left']) if (await page.locator(`#${id} summary`).isVisible()) await page.click(`#${id} summary`);
  await accessible(page, `${file} what was left out`);
  await shot(page, `${file}-left-out`);
  await close(file);
}

// ---- links, parts, printing, settings ----
{
  const { v, c, page, close } = await enter(path.join(samples, 'japanese-mail.eml'));
  await read(page);
  // by the mouse alone: where scripts are off, nothing can wait for an element. The frame moves while findings arrive above it, so
  // a click that met nothing is made again where the link is then.
  let popup = null;
  for (let tries = 0; tries < 6 && !popup; tries++) {
    const opened = c.waitForEvent('page', { timeout: 5000 }).catch(() => null);
    const link = await page.frames()[1].evaluate(() => { const a = document.querySelector('a[href*="go?u="]'); a.scrollIntoView({ block: 'center', behavior: 'instant' }); const r = a.getClientRects()[0]; return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; });
    const frame = await page.locator('#frame').boundingBox();
    await page.mouse.click(frame.x + link.x, frame.y + link.y);
    popup = await opened;
  }
  await popup.waitForLoadState();
  tell('a link first shows where it leads', popup.url().startsWith(v.base + 'go?u=') && await popup.locator('.target strong').count() === 1, popup.url());
  await shot(popup, 'link');
  const copy = await c.newPage(); // scripts are off in the page itself, and axe is one
  await copy.setContent(await popup.evaluate(() => document.documentElement.outerHTML));
  await accessible(copy, 'where a link leads');
  await copy.close();
  await popup.close();
  await page.bringToFront();
  await page.click('[data-view=parts]'); // the message has the keyboard now
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#parts li', { hasText: '料金表.csv' }).getByText('Save').click()]);
  tell('a part is saved under its name', download.suggestedFilename() === '料金表.csv', download.suggestedFilename());
  tell('and with its bytes', fs.statSync(await download.path()).size === 73);
  await page.keyboard.press('1');
  const [paper] = await Promise.all([c.waitForEvent('page'), page.keyboard.press('p')]);
  await paper.waitForLoadState();
  const block = () => paper.evaluate(() => { const r = document.querySelector('postern-mail-header').shadowRoot; return { text: r.textContent, notice: getComputedStyle(r.querySelector('p')).display }; });
  const screen = await block();
  tell('print: sender, subject and date stand above the text', ['From', 'To', 'Date', '海の家'].every(word => screen.text.includes(word)), screen.text);
  tell('print: it says how, on the screen', screen.notice === 'block' && screen.text.includes('Ctrl+P'));
  await paper.emulateMedia({ media: 'print' });
  tell('print: and not on paper', (await block()).notice === 'none');
  await paper.emulateMedia({ media: null });
  await shot(paper, 'print');
  const pdf = await paper.pdf({ path: path.join(pictures, 'print.pdf') });
  tell('printed', pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 5000, pdf.length);
  await paper.close();
  await page.bringToFront();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  tell('larger', await page.textContent('#zoom') === '120%' && (await page.getAttribute('#frame', 'style')).includes('scale(1.2)'), await page.textContent('#zoom'));
  await page.keyboard.press('0');
  await page.keyboard.press(',');
  await accessible(page, 'settings');
  await shot(page, 'settings');
  await page.click('#plain');
  await page.waitForTimeout(600);
  tell('read as plain text', (await page.textContent('#statements')).includes('plain text') && await page.frames()[1].locator('postern-text').count() === 1);
  await page.selectOption('#theme', 'dark');
  await Promise.all([page.waitForNavigation(), page.selectOption('#language', 'ja')]);
  await read(page);
  tell('in Japanese', await page.getAttribute('html', 'lang') === 'ja' && (await page.textContent('[data-view=text]')) === 'テキスト' && (await page.textContent('#zone')) === '制限付きゾーン', await page.textContent('#zone'));
  tell('dark is kept', await page.getAttribute('html', 'data-theme') === 'dark');
  await accessible(page, 'dark, in Japanese');
  await shot(page, 'dark-japanese');
  await close('settings');
}

// ---- every finding and every sample, in Japanese: no sentence is left in English ----
// What the input says is not ours: code, bdi, values, titles and rows; names of parts.
const english = page => page.evaluate(() => {
  const ours = document.body.cloneNode(true), texts = [];
  for (const theirs of ours.querySelectorAll('code, bdi, #title, .rows, .name, .card dd, .card h2, option[lang], noscript, iframe')) theirs.remove();
  for (const dd of ours.querySelectorAll('#facts dd')) dd.textContent = dd.textContent.replace(/https?:\S+|.*@.*/g, '');
  for (const dd of ours.querySelectorAll('#facts > div:not(:nth-last-child(-n+3)) dd')) dd.remove();
  const walker = document.createTreeWalker(ours, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode.data);
  for (const element of ours.querySelectorAll('*')) for (const name of ['aria-label', 'title', 'placeholder']) if (element.hasAttribute(name) && !element.closest('dd')) texts.push(element.getAttribute(name));
  return texts.filter(text => /[A-Za-z]{2,}[,']? [a-z'-]+[,']? [a-z'-]{2,}/.test(text));
});
for (const file of [findings, ...Object.keys(say).map(name => path.join(samples, name))]) {
  const { page, close } = await enter(file, { locale: 'ja-JP', colorScheme: file === findings ? 'light' : 'dark' });
  await read(page);
  const name = path.basename(file);
  for (const id of ['findings', 'left', 'defects']) if (await page.locator(`#${id} summary`).isVisible()) await page.click(`#${id} summary`);
  let left = await english(page);
  tell(`${name} in Japanese: no English is left`, !left.length, left.join(' | '));
  if (file === findings) {
    const told = await page.textContent('#findings');
    const missing = Array.from({ length: 28 }, (_, i) => `MH${String(i + 1).padStart(3, '0')}`).filter(id => !told.includes(id));
    tell('all 28 findings are told', !missing.length, missing.join(' '));
    const labels = await page.frames()[1].evaluate(() => document.querySelector('postern-mail-header').shadowRoot.querySelector('table').textContent);
    tell('the message has its headings in Japanese', ['差出人', '宛先', '日付', '件名'].every(word => labels.includes(word)), labels);
    await shot(page, 'findings-japanese');
  }
  await accessible(page, `${name} in Japanese, all open`);
  await page.click('[data-view=parts]');
  left = await english(page);
  tell(`${name} in Japanese, parts: no English is left`, !left.length, left.join(' | '));
  await accessible(page, `${name} in Japanese, parts`);
  await page.keyboard.press('1');
  for (const [width, height] of [[360, 740], [640, 430]]) { // the second is 1280 at 200 %
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(150);
    tell(`${name} at ${width}: no sideways scrolling`, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await accessible(page, `${name} in Japanese at ${width}`);
    await shot(page, `${name}-${width}`);
  }
  await page.click('#settings-open');
  await accessible(page, `${name} in Japanese, settings at 640`);
  left = await english(page);
  tell(`${name} in Japanese, settings: no English is left`, !left.length, left.join(' | '));
  await page.click('#settings-close');
  await close(`${name} in Japanese`);
}

// ---- a store, by keyboard alone ----
{
  const { page, close } = await enter(store);
  await page.waitForSelector('.row');
  await until('store: the list', () => document.getElementById('count').textContent.includes('2,000'), page);
  await read(page);
  const title = () => page.textContent('#title');
  const first = await title();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await until('store: j moves on', t => document.querySelector('#title').textContent !== t && document.getElementById('row-2').ariaSelected === 'true', page, first);
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await until('store: k goes back', t => document.querySelector('#title').textContent === t, page, first);
  await page.keyboard.press('End');
  await until('store: the last row', () => document.getElementById('row-1999')?.ariaSelected === 'true', page);
  await page.keyboard.press('Home');
  await page.keyboard.press('/');
  await page.keyboard.type('harbour 海の');
  await until('store: search as you type', () => /^1 /.test(document.getElementById('count').textContent), page);
  await shot(page, 'store-search');
  await accessible(page, 'store, searched');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await until('store: Enter opens', () => document.querySelector('#title').textContent.includes('harbour'), page);
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  await until('store: Escape ends the search', () => document.getElementById('count').textContent.startsWith('2,000'), page);
  await page.focus('#threads');
  await page.keyboard.press('Space');
  await until('store: threads', () => [...document.querySelectorAll('.row')].some(row => parseFloat(row.style.paddingInlineStart) > 1), page);
  await page.selectOption('#show', 'attachments');
  await until('store: filtered', () => document.getElementById('count').textContent.startsWith('182'), page);
  await page.selectOption('#sort', 'subject');
  await page.waitForTimeout(700);
  tell('store: findings are marked', await page.locator('.mark').count() > 0);
  await shot(page, 'store');
  await accessible(page, 'store');
  for (const [width, height] of [[360, 740], [640, 430], [1600, 900]]) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(200);
    tell(`store at ${width}: no sideways scrolling`, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await accessible(page, `store at ${width}`);
    await shot(page, `store-${width}`);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await page.click('.row >> nth=2');
  await page.waitForSelector('#back:visible');
  await page.waitForTimeout(400);
  tell('narrow: a message, and no sideways scrolling', await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await accessible(page, 'a message at 360');
  await shot(page, 'message-360');
  await page.keyboard.press('Escape');
  tell('narrow: back to the list', await page.locator('#rows').isVisible());
  await close('store');
}

// ---- 100,000 messages, scrolled ----
{
  const { page, close } = await enter(many);
  await page.waitForSelector('.row');
  await until('many: the list', () => document.getElementById('count').textContent.startsWith('100,000'), page);
  await read(page);
  const seen = await page.evaluate(async () => {
    const rows = document.getElementById('rows'), gaps = [];
    let last = performance.now(), empty = 0;
    for (let i = 0; i < 200; i++) {
      rows.scrollTop += i < 150 ? 90 : 9000;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (i < 150 && document.querySelectorAll('.row:not(.waiting)').length < 8) empty++;
    }
    gaps.sort((a, b) => a - b);
    return { median: gaps[100], most: gaps[190], empty };
  });
  tell('many: scrolled smoothly', seen.median < 40 && seen.most < 150, JSON.stringify(seen));
  tell('many: rows are there when they come into view', seen.empty < 15, JSON.stringify(seen));
  await page.focus('#rows');
  await page.keyboard.press('End');
  await until('many: the last one', () => document.getElementById('row-99999')?.ariaSelected === 'true', page);
  await accessible(page, 'many, at the end');
  await close('many');
}

// ---- dark, Japanese and quiet by the system's wish ----
{
  const { page, close } = await enter(store, { colorScheme: 'dark', locale: 'ja-JP', reducedMotion: 'reduce' });
  await page.waitForSelector('.row');
  await read(page);
  tell('the system\'s wishes count', await page.evaluate(() => document.documentElement.lang === 'ja' && getComputedStyle(document.body).backgroundColor === 'rgb(38, 39, 36)'
    && getComputedStyle(document.querySelector('button')).transitionDuration === '0s'));
  await accessible(page, 'store, dark, in Japanese');
  await shot(page, 'store-dark-japanese');
  await close('dark');
}

// ---- the last page closes ----
{
  const v = await view(postern, path.join(samples, 'blink-page.mhtml'), { env: { HOME: home() } });
  const c = await b.newContext(), page = await c.newPage();
  await page.goto(v.url);
  await read(page);
  await page.reload();
  await read(page);
  await c.close();
  const code = await Promise.race([v.ended, new Promise(resolve => setTimeout(() => resolve('still there'), 12000))]);
  tell('it ends when its last page is closed, and not when that is loaded again', code === 0, code);
}
await b.close();
fs.writeFileSync(out, lines.join('\n') + '\n');
process.exit(0);
