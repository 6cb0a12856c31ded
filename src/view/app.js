// The viewer's one script. It asks the viewer for facts, shows them as text, and points a frame without rights at the message.
// Nothing of a message is ever parsed as HTML here: the policy allows no way to (require-trusted-types-for 'script').
'use strict';

const base = location.pathname.replace(/[^/]*$/, '');
const $ = id => document.getElementById(id);
const root = document.documentElement;
const language = root.lang;
let words = {};
const t = english => words[english] ?? english;
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
    part.name && part.location ? el('code', { className: 'quiet', dir: 'ltr' }, part.location) : null));
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

async function open(message) {
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

function print() { window.open(`${base}m/${now.message}/${now.view === 'text' ? 'text?width=90' : now.view === 'source' ? 'source' : 'page'}`, '_blank', 'noopener'); }

// ---- keys and buttons -----------------------------------------------------------------------------------------------

const views = ['page', 'text', 'source', 'parts'];
const keys = {
  '+': () => zoomTo(settings.zoom + 10), '=': () => zoomTo(settings.zoom + 10), '-': () => zoomTo(settings.zoom - 10), '0': () => zoomTo(100),
  p: print, ',': () => $('settings').showModal(),
};
views.forEach((name, i) => { keys[i + 1] = () => { now.part = null; view(name); }; });

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $('settings').open || event.target.matches('input, select, textarea')) return;
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function listen() {
  for (const button of document.querySelectorAll('[data-view]')) button.onclick = () => { now.part = null; view(button.dataset.view); };
  $('smaller').onclick = keys['-'];
  $('larger').onclick = keys['+'];
  $('print').onclick = print;
  $('settings-open').onclick = keys[','];
  $('settings-close').onclick = () => $('settings').close();
  $('plain').checked = settings.plain;
  $('plain').onchange = async () => { await set('plain', $('plain').checked); open(now.message); };
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
  open(0);
}

main();
