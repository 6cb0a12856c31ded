// What a curious reader does to every element of every frame and shadow root, as one expression: pointer, keyboard, focus, toggles,
// and a click on everything that is not a link to the outside.
export const POKE = `(() => {
  const outside = /^\\s*(https?:|\\/\\/|mailto:|tel:)/i;
  const names = ['click', 'dblclick', 'auxclick', 'contextmenu', 'mousedown', 'mouseup', 'mouseover', 'mouseenter', 'mousemove', 'mouseout',
    'mouseleave', 'pointerdown', 'pointerup', 'pointerover', 'pointerenter', 'pointermove', 'wheel', 'keydown', 'keypress', 'keyup', 'focus',
    'focusin', 'blur', 'input', 'change', 'load', 'error', 'toggle', 'beforetoggle', 'scroll', 'copy', 'paste', 'drop', 'dragstart', 'dragover',
    'animationstart', 'animationend', 'transitionend', 'begin', 'end', 'start', 'finish', 'slotchange', 'message', 'hashchange', 'pageshow'];
  const roots = [document];
  let count = 0, frames = 0;
  const quiet = f => { try { f(); } catch {} };
  for (const root of roots) {
    const outer = root === document;
    for (const e of root.querySelectorAll('*')) {
      if (++count > 60000) break;
      if (e.shadowRoot) roots.push(e.shadowRoot);
      quiet(() => { if (e.contentDocument) { roots.push(e.contentDocument); if (outer) frames++; } });
      if (outer) continue;
      const handlers = [...e.attributes].filter(a => /^on/i.test(a.name)).map(a => a.name.slice(2).toLowerCase());
      const link = e.getAttribute('href') ?? e.getAttribute('xlink:href') ?? '';
      const isLink = (e.localName === 'a' || e.localName === 'area' || link !== '') && outside.test(link);
      for (const name of new Set([...names, ...handlers])) {
        if (name === 'click') continue;
        quiet(() => e.dispatchEvent(new Event(name, { bubbles: !['load', 'error', 'toggle'].includes(name), cancelable: true })));
      }
      quiet(() => { if (e.tabIndex >= 0) e.focus(); });
      if (e.localName === 'input' && /file/i.test(e.type)) continue;
      const around = e.closest?.('a,area,[href]');
      if (isLink || link.startsWith('#') || (around && outside.test(around.getAttribute('href') ?? around.getAttribute('xlink:href') ?? ''))) continue;
      quiet(() => e.click ? e.click() : e.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })));
    }
  }
  return { count, frames };
})()`;
