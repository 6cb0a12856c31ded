// The viewer's one script. It asks the viewer for facts, shows them as text, and points a frame without rights at the message.
// Nothing of a message is ever parsed as HTML here: the policy allows no way to (require-trusted-types-for 'script').
'use strict';

const base = location.pathname.replace(/[^/]*$/, '');
const $ = id => document.getElementById(id);
const root = document.documentElement;
const language = navigator.languages.find(tag => tag.split('-')[0] === root.lang) ?? root.lang; // for numbers and dates: the user's way of it
let words = {};
// "What failed: why" is said in two texts.
function t(english) {
  if (english in words || !english) return words[english] ?? '';
  const [, what, why] = /^(.*?): (.*)$/s.exec(english) ?? [];
  return what in words ? `${words[what]}: ${t(why)}` : english;
}
const n = english => english; // marks what t() gets later

// An element with properties and children; text becomes text.
function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== ''));
  return element;
}

const numbers = new Intl.NumberFormat(language);
function size(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let unit = 0;
  while (bytes >= 999.5 && unit < 3) { bytes /= 1000; unit++; }
  return new Intl.NumberFormat(language, { style: 'unit', unit: units[unit], unitDisplay: unit ? 'short' : 'long',
    maximumFractionDigits: bytes < 10 && unit ? 1 : 0 }).format(bytes);
}

// ---- settings -------------------------------------------------------------------------------------------------------

const settings = { zoom: +document.body.dataset.zoom, plain: document.body.dataset.plain === '1',
  language: document.body.dataset.language, theme: root.dataset.theme };

async function set(name, value) {
  settings[name] = value;
  const body = new URLSearchParams({ [name]: typeof value === 'boolean' ? +value : value });
  const answer = await fetch(base + 'settings', { method: 'POST', body }).catch(() => null);
  if (!answer?.ok) say(t('The setting could not be kept'));
}

const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => settings.theme === 'dark' || (settings.theme === 'auto' && darkSystem.matches);

function say(text) { $('said').textContent = text; }

// ---- the message ----------------------------------------------------------------------------------------------------

const now = { message: 0, view: 'page', part: null, facts: null };

function frameAddress() {
  const query = new URLSearchParams();
  if (isDark()) query.set('dark', 1);
  if (now.part !== null && now.view === 'page') query.set('part', now.part);
  if (now.view === 'text' || settings.plain) query.set('width', Math.max(24, Math.min(120, Math.floor($('paper').clientWidth / settings.zoom * 100 / 9.2) - 5)));
  return `${base}m/${now.message}/${now.view}?${query}`;
}

function show() {
  const parts = now.view === 'parts', page = now.view === 'page' && !settings.plain;
  for (const button of document.querySelectorAll('[data-view]')) button.setAttribute('aria-pressed', String(button.dataset.view === now.view));
  $('parts').hidden = !parts;
  $('paper').hidden = parts;
  $('paper').classList.toggle('turned', page && isDark());
  $('paper').classList.toggle('dark', !page && isDark());
  if (parts) return;
  const address = frameAddress();
  // replace(): switching views is no step of the browser's history
  if ($('frame').dataset.shown !== address) $('frame').contentWindow.location.replace(new URL(address, location.href));
  $('frame').dataset.shown = address;
}

function zoom(percent) {
  const value = Math.max(50, Math.min(300, percent)), scale = value / 100;
  settings.zoom = value;
  $('zoom').textContent = new Intl.NumberFormat(language, { style: 'percent' }).format(scale);
  Object.assign($('frame').style, { transform: scale === 1 ? '' : `scale(${scale})`, width: `${100 / scale}%`, height: `${100 / scale}%` });
}

function zoomTo(percent) { zoom(percent); set('zoom', settings.zoom); }

function date(text) {
  const parsed = new Date(text);
  return isNaN(parsed) ? text : new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' }).format(parsed);
}

function fact(name, value, title = '') {
  return value ? el('div', {}, el('dt', {}, t(name)), el('dd', { dir: 'auto', title: title || value }, value)) : null;
}

const zones = { restricted: n('Restricted zone'), internet: n('Internet zone'), intranet: n('Intranet zone'), trusted: n('Trusted zone'),
  'local-machine': n('Local machine zone') };

function showFacts(facts) {
  const name = facts.title || facts.subject || document.body.dataset.name;
  $('title').textContent = name;
  document.title = `${name} – Postern`;
  $('zone').hidden = false;
  $('zone').className = `zone ${facts.zone}`;
  $('zone').textContent = t(zones[facts.zone]);
  $('zone').title = t(facts.zoneReason);
  const shown = [[n('pictures'), facts.shown.pictures], [n('style sheets'), facts.shown.sheets], [n('fonts'), facts.shown.fonts], [n('frames'), facts.shown.frames],
    [n('sounds and films'), facts.shown.media]].filter(pair => pair[1]).map(([what, count]) => `${t(what)} ${numbers.format(count)}`).join(' · ');
  $('facts').replaceChildren(...[
    fact(n('From'), facts.kind === 'mail' && facts.from), fact(n('To'), facts.kind === 'mail' && facts.to), fact(n('Copy'), facts.kind === 'mail' && facts.cc),
    fact(n('Date'), facts.date && date(facts.date), facts.date), fact(n('Saved as'), facts.location),
    fact(n('Attachments'), facts.parts.filter(part => part.attachment).map(part => part.name || `${t('Part')} ${part.index}`).join(' · ')),
    fact(n('Says it comes from'), facts.mark !== facts.location && facts.mark), fact(n('Made by'), facts.producer),
    fact(n('Zone'), `${t(zones[facts.zone])} (${t(facts.zoneReason)})`), fact(n('Shown'), shown), fact(n('Size'), size(facts.size)),
  ].filter(Boolean));
}

function showNotes(details, notes, headline) {
  const total = notes.reduce((sum, note) => sum + note.count, 0);
  details.hidden = total === 0;
  details.open = false;
  details.firstElementChild.textContent = `${t(headline)}: ${numbers.format(total)}`;
  details.lastElementChild.replaceChildren(el('ul', {}, ...notes.map(note => el('li', {}, `${numbers.format(note.count)} × ${t(note.text)}`,
    note.items.length ? el('ul', {}, ...note.items.map(item => el('li', {}, el('code', { dir: 'ltr' }, item.text)))) : null,
    note.count > note.items.length && note.items.length > 20 ? ' …' : null))));
}

function showStatements(facts) {
  $('statements').hidden = facts.statements.length === 0;
  $('statements').replaceChildren(...facts.statements.map(s => el('li', { className: s.tone }, t(s.text), s.detail ? ': ' : '', el('bdi', {}, s.detail))));
  $('cards').replaceChildren(...facts.cards.map(card => el('section', { className: 'card', 'aria-label': t(card.kind) },
    card.title ? el('h2', { dir: 'auto' }, card.title) : null,
    el('dl', {}, ...card.rows.flatMap(row => [el('dt', {}, t(row.name)), el('dd', { dir: 'auto' }, row.value)])))));
}

const severities = [n('info'), n('low'), n('medium'), n('high'), n('critical')];
function showFindings({ findings, untold }) {
  const details = $('findings'), worst = findings.reduce((w, f) => Math.max(w, severities.indexOf(f.severity)), 0);
  details.hidden = false;
  details.open = false;
  details.firstElementChild.className = findings.length ? severities[worst] : '';
  details.firstElementChild.textContent = findings.length ? `${t('Findings')}: ${numbers.format(findings.length + untold)} (${t('worst')}: ${t(severities[worst])})` : t('Findings: none');
  details.lastElementChild.replaceChildren(findings.length ? el('ul', {}, ...findings.map(f => el('li', {},
    el('strong', { className: f.severity }, t(f.severity)), ` ${f.id} ${t(f.title)}: ${t(f.reason)} `,
    f.excerpt ? el('code', { dir: 'ltr' }, f.excerpt) : null))) : el('p', {}, t('Nothing that scan knows is in this file.')));
}

function partItem(part) {
  const address = `${base}m/${now.message}`;
  const name = part.name || part.location || `${t('Part')} ${part.index}`;
  const item = el('li', {});
  if (part.picture)
    item.append(el('iframe', { title: `${t('Small picture of part')} ${part.index}`, loading: 'lazy', tabIndex: -1, sandbox: '', src: `${address}/picture/${part.index}` }));
  item.append(el('div', {}, el('div', { className: 'name', dir: 'auto' }, name),
    el('div', { className: 'quiet' }, [part.type, part.charset, part.size === undefined ? '' : size(part.size), part.root ? t('the page itself') : '',
      part.attachment ? t('attachment') : '', part.cut ? t('cut short') : '', part.defects ? `${t('defects')}: ${numbers.format(part.defects)}` : ''].filter(Boolean).join(' · ')),
    part.name && part.location ? el('code', { className: 'quiet', dir: 'ltr' }, part.location) : null,
    ...now.facts.statements.filter(s => s.part === part.index).map(s => el('div', { className: s.tone }, t(s.text), ' ', el('bdi', {}, s.detail)))));
  if (part.html || part.picture)
    item.append(el('button', { type: 'button', 'aria-label': `${t('Look at')} ${name}`, onclick: () => { now.part = part.index; view('page'); } }, t('Look at')));
  if (part.leaf)
    item.append(el('a', { href: `${address}/part/${part.index}`, download: '', 'aria-label': `${t('Save')} ${name}` }, t('Save')));
  item.style.marginInlineStart = `${Math.min(part.depth, 6) * 1.25}rem`;
  return item;
}

function showParts(facts) {
  $('parts').replaceChildren(el('ol', {}, ...facts.parts.map(partItem)),
    el('p', {}, facts.partCount > facts.parts.length ? `${numbers.format(facts.partCount - facts.parts.length)} ${t('more parts are not listed')}` : '',
      el('a', { href: `${base}m/${now.message}/source?save=1`, download: '' }, t('Save the whole file as it is'))));
}

async function ask(path) {
  const answer = await fetch(base + path).catch(() => null);
  if (!answer) return { error: n('The viewer has ended'), detail: '' };
  return answer.json().catch(() => ({ error: n('This cannot be shown'), detail: '' }));
}

async function openMessage(message) {
  Object.assign(now, { message, part: null, facts: null });
  if (now.view === 'parts') now.view = 'page';
  say('');
  for (const id of ['findings', 'left', 'defects']) $(id).hidden = true;
  show();
  const facts = await ask(`m/${message}/info.json`);
  if (now.message !== message) return;
  if (facts.error) {
    $('title').textContent = document.body.dataset.name;
    say(`${t(facts.error)}. ${t(facts.detail)}`);
    return;
  }
  now.facts = facts;
  showFacts(facts);
  showNotes($('left'), facts.leftOut, n('Left out'));
  showNotes($('defects'), facts.defects, n('Defects of the file'));
  showStatements(facts);
  showParts(facts);
  const found = await ask(`m/${message}/findings.json`);
  if (now.message === message && !found.error) showFindings(found);
}

function view(name) {
  if (name !== 'page' || now.view === 'page') now.part = now.view === 'parts' ? now.part : null;
  now.view = name;
  show();
}

function printMessage() { window.open(`${base}m/${now.message}/${now.view === 'text' ? 'text?width=90' : now.view === 'source' ? 'source' : `page?print=1${now.part === null ? '' : `&part=${now.part}`}`}`, '_blank', 'noopener'); }

// ---- the list of a store --------------------------------------------------------------------------------------------
// Only rows that can be seen are elements; the rest is height. Rows come in blocks, and only when they are looked at.

const ROW = 60, BLOCK = 200, TALLEST = 8e6, SEEN = 1, FLAGGED = 4, GONE = 64, ATTACHMENT = 128, DAMAGED = 2048;
const store = { on: false, total: 0, count: 0, blocks: new Map(), at: 0, generation: 0, anySeen: false, marks: new Map(), query: null,
  learning: { words: 'making' } };

function listQuery() {
  const query = new URLSearchParams();
  if ($('search').value.trim()) query.set('q', $('search').value.trim());
  if ($('folder').selectedIndex > 0) query.set('folder', $('folder').value);
  if ($('show').value) query.set('show', $('show').value);
  if ($('sort').value) query.set('sort', $('sort').value);
  if ($('down').ariaPressed === 'true') query.set('desc', 1);
  if ($('threads').ariaPressed === 'true') query.set('threads', 1);
  return query.toString();
}

// A block of rows, fetched once. While the keeper of the store starts again, it is asked for again.
async function fetchBlock(number, generation) {
  for (let tries = 0; tries < 20 && generation === store.generation; tries++) {
    const answer = await ask(`list.json?${store.query}&from=${number * BLOCK}&count=${BLOCK}`);
    if (answer.rows) return answer;
    if (answer.error) { $('count').textContent = `${t(answer.error)}. ${t(answer.detail)}`; }
    await new Promise(resolve => setTimeout(resolve, 300));
  }
  return null;
}

async function block(number) {
  const generation = store.generation;
  if (store.blocks.has(number)) return;
  store.blocks.set(number, null);
  const answer = await fetchBlock(number, generation);
  if (!answer || generation !== store.generation) return;
  store.blocks.set(number, answer.rows);
  store.anySeen ||= answer.rows.some(row => row.flags & SEEN);
  store.total = answer.total;
  draw();
}

// A paper clip, since few fonts have one.
function clip() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  path.setAttribute('d', 'M12 4.5 6.5 10a1.4 1.4 0 0 0 2 2l5-5a3 3 0 0 0-4.2-4.2l-5.6 5.6a4.4 4.4 0 0 0 6.2 6.2L14 10.5');
  svg.append(path);
  return svg;
}

const rowAt = index => store.blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];

const shortDate = new Intl.DateTimeFormat(language, { dateStyle: 'medium' }), clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
function rowDate(row) {
  if (row.date === undefined) return '';
  const date = new Date(row.date * 1000);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : shortDate.format(date);
}

function rowElement(row, index) {
  const marks = [[row.flags & FLAGGED, '⚑', n('flagged')], [row.flags & ATTACHMENT, clip(), n('attachments')], [row.flags & DAMAGED, '✂', n('cut short')],
    [row.flags & GONE, '✗', n('deleted')]].filter(mark => mark[0]).map(mark => el('span', { role: 'img', 'aria-label': t(mark[2]), title: t(mark[2]) }, mark[1]));
  const worst = store.marks.get(row.row);
  if (severities.indexOf(worst) > 1) marks.push(el('span', { className: `mark ${worst}`, title: `${t('Findings')}: ${t(worst)}` }, t(worst)));
  const element = el('div', { id: `row-${index}`, className: 'row', role: 'option', ariaSelected: String(index === store.at),
    ariaSetSize: String(store.total), ariaPosInSet: String(index + 1) },
    el('span', { className: 'sender', dir: 'auto', title: row.address }, row.sender || row.address || t('nobody')),
    el('span', { className: 'when' }, rowDate(row)),
    el('span', { className: 'subject', dir: 'auto' }, row.subject || t('(no subject)')),
    el('span', { className: 'more' }, ...marks, el('span', {}, size(row.size)), el('span', { className: `dot ${row.zone}`, role: 'img',
      'aria-label': t(zones[row.zone]), title: t(zones[row.zone]) })));
  element.classList.toggle('unread', store.anySeen && !(row.flags & SEEN));
  element.style.paddingInlineStart = `${0.75 + Math.min(row.depth, 8) * 1.125}rem`;
  element.onclick = () => { select(index, true); };
  return element;
}

function draw() {
  const rows = $('rows'), full = store.total * ROW, height = Math.min(full, TALLEST);
  const scale = height > rows.clientHeight ? (full - rows.clientHeight) / (height - rows.clientHeight) : 1;
  const top = rows.scrollTop * scale, first = Math.max(0, Math.floor(top / ROW) - 4), last = Math.min(store.total, Math.ceil((top + rows.clientHeight) / ROW) + 4);
  $('sheet').style.height = `${height}px`;
  const elements = [];
  for (let index = first; index < last; index++) {
    const row = rowAt(index);
    if (!row) block(Math.floor(index / BLOCK));
    const element = row ? rowElement(row, index) : el('div', { className: 'row waiting', role: 'presentation' });
    element.style.top = `${rows.scrollTop + index * ROW - top}px`;
    elements.push(element);
  }
  $('sheet').replaceChildren(...elements);
  for (const near of [last + BLOCK / 2, first - BLOCK / 2]) // whoever scrolls comes there next
    if (near >= 0 && near < store.total) block(Math.floor(near / BLOCK));
  if (rowAt(store.at)) rows.setAttribute('aria-activedescendant', `row-${store.at}`); else rows.removeAttribute('aria-activedescendant');
  showCount();
  clearTimeout(draw.later);
  draw.later = setTimeout(markRows, 500);
}

function showCount() {
  const filtered = store.total !== store.count;
  const count = store.total ? `${numbers.format(store.total)}${filtered ? ` ${t('of')} ${numbers.format(store.count)}` : ''} ${t('messages')}` : t('No message is like that');
  const { words, learned, texts } = store.learning, share = new Intl.NumberFormat(language, { style: 'percent' }).format(texts ? learned / texts : 0);
  const depth = words === 'making' ? `${t('Texts are being read for the search')}: ${share}` : words === 'none' ? t('The search looks at senders and subjects alone') : '';
  $('count').textContent = depth ? `${count} · ${depth}` : count;
}

// The store's texts are read behind the rows. When the search can look into them, it looks again.
async function watchWords() {
  do {
    await new Promise(resolve => setTimeout(resolve, 500));
    const answer = await ask(`list.json?${store.query}&from=0&count=0`);
    if (answer.error === 'The viewer has ended') return;
    if (!answer.words) continue; // the keeper of the store starts again
    store.learning = answer;
    showCount();
  } while (store.learning.words === 'making');
  if ($('search').value.trim()) search(true);
}

// What scan finds in the rows that stay in view, one message after the other.
async function markRows() {
  if (markRows.busy) return;
  markRows.busy = true;
  for (const element of [...$('sheet').children]) {
    const row = element.isConnected && element.id && rowAt(+element.id.slice(4));
    if (!row || store.marks.has(row.row) || row.size > 2e6) continue;
    const found = await ask(`m/${row.row}/findings.json`);
    store.marks.set(row.row, (found.findings ?? []).reduce((worst, f) => severities.indexOf(f.severity) > severities.indexOf(worst) ? f.severity : worst, 'info'));
    const again = $(element.id);
    if (again && rowAt(+element.id.slice(4)) === row) again.replaceWith(Object.assign(rowElement(row, +element.id.slice(4)), { style: again.style.cssText }));
  }
  markRows.busy = false;
}

// Moves to a row; the message follows when nobody moves on at once.
function select(index, enter = false) {
  if (!store.total) { store.at = 0; draw(); return; }
  store.at = Math.max(0, Math.min(store.total - 1, index));
  const rows = $('rows'), full = store.total * ROW, height = Math.min(full, TALLEST);
  const scale = height > rows.clientHeight ? (full - rows.clientHeight) / (height - rows.clientHeight) : 1;
  const top = rows.scrollTop * scale, y = store.at * ROW;
  if (y < top) rows.scrollTop = y / scale;
  else if (y + ROW > top + rows.clientHeight) rows.scrollTop = (y + ROW - rows.clientHeight) / scale;
  draw();
  clearTimeout(select.later);
  select.opens = enter;
  const wide = getComputedStyle($('reader')).display !== 'none';
  if (enter || wide) select.later = setTimeout(() => { const row = rowAt(store.at); if (row) { openMessage(row.row); if (select.opens) read(true); } }, enter ? 0 : 150);
}

// On a narrow screen the list and the message take turns.
function read(on) {
  if (!on) select.opens = false; // an Enter that is still on its way comes too late
  document.body.classList.toggle('reading', on);
  $('back').hidden = !on;
  if (!on) $('rows').focus();
  draw();
}

async function search(again = false) {
  const generation = ++store.generation, chosen = rowAt(store.at)?.row;
  store.query = listQuery();
  const answer = await fetchBlock(0, generation);
  if (!answer || generation !== store.generation) return;
  store.blocks = new Map([[0, answer.rows]]);
  Object.assign(store, { total: answer.total, count: answer.count, anySeen: store.anySeen || answer.rows.some(row => row.flags & SEEN) });
  store.learning = answer;
  if (again === true && answer.rows[store.at]?.row === chosen) { draw(); return; } // whoever reads is not moved elsewhere
  $('rows').scrollTop = 0;
  select(0);
}

async function startStore() {
  document.body.classList.add('store');
  for (;;) {
    const state = await ask('list.json?folders=1&count=1');
    if (state.single) return false;
    $('list').hidden = false;
    if (state.error) { $('count').textContent = t(state.error); return true; }
    if (state.ready) {
      $('folder').append(...state.folders.map(name => el('option', { value: name }, name || t('The store itself'))));
      $('folder').hidden = state.folders.length < 2;
      $('title').textContent = document.body.dataset.name;
      break;
    }
    const part = state.total ? ` (${new Intl.NumberFormat(language, { style: 'percent' }).format(state.done / state.total)})` : '';
    $('count').textContent = `${t('Reading the store')}: ${numbers.format(state.messages ?? 0)}${part}`;
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  store.on = true;
  for (const id of ['folder', 'show', 'sort']) $(id).onchange = search;
  for (const id of ['down', 'threads']) $(id).onclick = () => { $(id).ariaPressed = String($(id).ariaPressed !== 'true'); search(); };
  $('search').oninput = () => { clearTimeout(search.later); search.later = setTimeout(search, 120); };
  $('search').onkeydown = event => {
    if (event.key === 'Escape') { $('search').value = ''; search(); $('rows').focus(); }
    if (event.key === 'Enter' || event.key === 'ArrowDown') { $('rows').focus(); event.preventDefault(); }
  };
  $('rows').onscroll = () => requestAnimationFrame(draw);
  $('back').onclick = () => read(false);
  new ResizeObserver(draw).observe($('rows'));
  Object.assign(keys, listKeys);
  await search();
  if (store.learning.words === 'making') watchWords();
  $('rows').focus();
  return true;
}

const page = () => Math.max(1, Math.floor($('rows').clientHeight / ROW) - 1);
const listKeys = {
  j: () => select(store.at + 1), k: () => select(store.at - 1), ArrowDown: () => select(store.at + 1), ArrowUp: () => select(store.at - 1),
  PageDown: () => select(store.at + page()), PageUp: () => select(store.at - page()), Home: () => select(0), End: () => select(store.total - 1),
  Enter: () => select(store.at, true), Escape: () => read(false), '/': () => { read(false); $('search').focus(); },
};

// ---- keys and buttons -----------------------------------------------------------------------------------------------

const views = ['page', 'text', 'source', 'parts'];
const keys = {
  '+': () => zoomTo(settings.zoom + 10), '=': () => zoomTo(settings.zoom + 10), '-': () => zoomTo(settings.zoom - 10), '0': () => zoomTo(100),
  p: printMessage, ',': () => $('settings').showModal(),
};
views.forEach((name, i) => { keys[i + 1] = () => { now.part = null; view(name); }; });

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $('settings').open || event.target.matches('input, select, textarea')) return;
  const action = keys[event.key], list = store.on && event.key in listKeys;
  if (!action || (event.target.matches('button, a, summary') && event.key === 'Enter')) return;
  if (list && event.key !== 'j' && event.key !== 'k' && event.key !== '/' && event.key !== 'Escape' && event.target.closest('#reader')) return;
  event.preventDefault();
  action();
}

function listen() {
  for (const button of document.querySelectorAll('[data-view]')) button.onclick = () => { now.part = null; view(button.dataset.view); };
  $('smaller').onclick = keys['-'];
  $('larger').onclick = keys['+'];
  $('print').onclick = printMessage;
  $('settings-open').onclick = keys[','];
  $('settings-close').onclick = () => $('settings').close();
  $('plain').checked = settings.plain;
  $('plain').onchange = async () => { await set('plain', $('plain').checked); openMessage(now.message); };
  $('theme').value = settings.theme;
  $('theme').onchange = () => { root.dataset.theme = $('theme').value; set('theme', $('theme').value); show(); };
  $('language').value = settings.language;
  $('language').onchange = async () => { await set('language', $('language').value); location.reload(); };
  darkSystem.onchange = show;
  document.addEventListener('keydown', onKey);
}

// One tab of all holds the line to the viewer, which ends when nobody does; browsers allow few lines to one host.
function stayAlive() { navigator.locks.request(base, () => new Promise(() => { new EventSource(base + 'alive'); })); }

async function main() {
  stayAlive();
  listen();
  zoom(settings.zoom);
  words = await ask('strings.json');
  if (words.error) words = {};
  if (await startStore()) return;
  document.body.classList.remove('store');
  openMessage(0);
}

main();
