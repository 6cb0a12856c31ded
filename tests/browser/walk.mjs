// The whole tree as Chromium built it (frames, srcdoc, open and closed shadow roots) against the allowlists of the program.
//   allow: {"elements": {"html": [...], "svg": [...], "mathml": [...]}, "attributes": [...]}
const HTML_ALWAYS = new Set(['html', 'head', 'body']); // the parser makes them when nobody wrote them

export async function walk(tab, rows, urls, allow) {
  const found = [];
  const { documents, strings } = await tab.send('DOMSnapshot.captureSnapshot', { computedStyles: [] });
  const owner = new Array(documents.length).fill(undefined), seen = new Set();
  documents.forEach((d, i) => { const url = strings[d.documentURL]; if (urls.has(url)) { owner[i] = urls.get(url); seen.add(owner[i]); } });
  // srcdoc documents belong to the document that holds them; an outer one always stands before an inner one
  documents.forEach((d, i) => (d.nodes.contentDocumentIndex?.value ?? []).forEach(inner => { if (owner[inner] === undefined && owner[i] !== undefined) owner[inner] = owner[i]; }));
  rows.forEach((row, i) => { if (!seen.has(i)) found.push([i, 'its document is not there any longer']); });
  if (!allow) return found;
  documents.forEach((d, i) => {
    if (owner[i] === undefined) return;
    const n = d.nodes;
    const internal = new Set(); // the browser's own shadow trees
    (n.shadowRootType?.index ?? []).forEach((node, k) => { if (strings[n.shadowRootType.value[k]] === 'user-agent') internal.add(node); });
    for (let at = 0; at < n.nodeType.length; at++) {
      if (internal.has(n.parentIndex[at])) { internal.add(at); continue; }
      if (n.nodeType[at] === 8) found.push([owner[i], 'a comment']);
      if (n.nodeType[at] !== 1 || strings[n.nodeName[at]].startsWith('::')) continue; // ::before and the like are no elements
      const why = judge(strings[n.nodeName[at]], n.attributes[at].map(s => strings[s] ?? ''), allow);
      for (const w of why) found.push([owner[i], w]);
    }
  });
  return found;
}

// What the writer adds itself: element, attribute, the values it may have.
const OWN = {
  'meta charset': /^utf-8$/,
  'meta name': /^(referrer|viewport|color-scheme)$/,
  'meta http-equiv': /^(content-security-policy|x-dns-prefetch-control)$/i,
  'meta content': /^(default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; media-src data:; base-uri 'none'; form-action 'none'|no-referrer|off|[a-z0-9=., -]*)$/,
  'iframe sandbox': /^(allow-same-origin allow-popups allow-popups-to-escape-sandbox)?$/, // never allow-scripts
  'iframe srcdoc': /^/, // its document is walked like any other
  'a target': /^_blank$/, 'area target': /^_blank$/,
  'a rel': /^noopener noreferrer( nofollow)?$/, 'area rel': /^noopener noreferrer( nofollow)?$/,
  'form method': /^dialog$/,
};

// Names that mean something to a browser, and so are never a mere hook for style sheets.
const MEANS = new Set(('accesskey action actiontype allow allowfullscreen archive async attributename attributionsrc autofocus autoplay background ' +
  'by charset cite classid code codebase content credentialless crossorigin csp data datasrc definitionurl defer download dynsrc event for form ' +
  'formaction formmethod from handler href http-equiv icon imagesizes imagesrcset integrity is keytype lowsrc manifest method nonce object ping ' +
  'popovertarget poster profile rel sandbox shadowrootmode src srcdoc srcset style target to type urn usemap value values xlink:href xml:base ' +
  'xmlns').split(' '));
// An attribute that no specification knows (my-attr, _ngcontent-x): harmless with a plain name and a plain value.
const hook = (element, name, value) => !MEANS.has(name) && !name.startsWith('on') && /^[a-z_][\w.-]*$/.test(name) &&
  (name.includes('-') || name[0] === '_' || element.includes('-')) && !/[:/\\(<>]/.test(value);

const asSet = new WeakMap();
const has = (array, name) => { if (!asSet.has(array)) asSet.set(array, new Set(array)); return asSet.get(array).has(name); };

// Chromium names an HTML element in capitals, any other as it is written.
export function judge(nodeName, attributes, allow) {
  const why = [], html = nodeName === nodeName.toUpperCase() && /[A-Z]/.test(nodeName), name = html ? nodeName.toLowerCase() : nodeName;
  const known = html ? HTML_ALWAYS.has(name) || has(allow.elements.html, name) || (name.includes('-') && !name.includes(':'))
    // an element we wrote may be rebuilt in another namespace: its name has to be one of ours whichever list it is on
    : Object.values(allow.elements).some(l => has(l, name) || has(l, name.toLowerCase()));
  // the tree may also hold names of HTML that a browser makes from ours
  if (!known && !(html && Object.values(allow.elements).some(l => l.some(e => e.toLowerCase() === name)))) why.push(`element ${nodeName}`);
  for (let i = 0; i < attributes.length; i += 2) {
    const attribute = attributes[i].toLowerCase(), value = attributes[i + 1];
    const own = OWN[`${name} ${attribute}`];
    if (own) { if (!own.test(value)) why.push(`attribute ${attribute} of ours with the value ${value.slice(0, 80)}`); }
    else if (/^on/.test(attribute)) why.push(`attribute ${attribute} on ${name}`);
    else if (!has(allow.attributes, attribute) && !/^(data|aria)-/.test(attribute) && !hook(name, attribute, value)) why.push(`attribute ${attribute} on ${name}`);
    if (/^(href|xlink:href|src|srcset|action|formaction|poster|background|data|cite|ping|longdesc|manifest|codebase|classid|lowsrc|dynsrc|usemap|imagesrcset)$/.test(attribute))
      for (const w of reference(name, attribute, value)) why.push(w);
    // "url (" with a blank is a word and a block, no URL, in every level of CSS
    if (attribute === 'style' && [...value.matchAll(/url\(\s*(["']?)(.*?)\1\s*\)/gis)].some(m => !/^(data:|#|$)/i.test(m[2]))) why.push(`style with a url() on ${name}: ${value.slice(0, 120)}`);
  }
  return why;
}

function reference(name, attribute, value) {
  const link = (name === 'a' || name === 'area') && /^(xlink:)?href$/.test(attribute);
  if (value === '' || value.startsWith('#')) return [];
  if (link) return /^(https?:|mailto:|tel:)/i.test(value) ? [] : [`link ${value.slice(0, 100)}`];
  if (attribute === 'srcset' || attribute === 'imagesrcset')
    return value.split(/,\s+/).every(v => /^\s*data:/i.test(v)) ? [] : [`${attribute} ${value.slice(0, 100)}`];
  if (value === 'data:,') return []; // a picture that is not there
  return /^data:(image|font|audio|video)\//i.test(value) ? [] : [`${attribute} on ${name}: ${value.slice(0, 100)}`];
}
