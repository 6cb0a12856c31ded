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
  // a form's fields may stand where its own properties should
  const P = Element.prototype, get = (e, name) => P.getAttribute.call(e, name);
  const attributes = e => P.getAttributeNames.call(e);
  const quiet = f => { try { f(); } catch {} };
  for (const root of roots) {
    const outer = root === document;
    for (const e of root.querySelectorAll('*')) {
      if (++count > 60000) break;
      if (e.shadowRoot) roots.push(e.shadowRoot);
      quiet(() => { if (e.contentDocument) { roots.push(e.contentDocument); if (outer) frames++; } });
      if (outer) continue;
      const handlers = attributes(e).filter(a => /^on/i.test(a)).map(a => a.slice(2).toLowerCase());
      const link = get(e, 'href') ?? get(e, 'xlink:href') ?? '';
      const isLink = (e.localName === 'a' || e.localName === 'area' || link !== '') && outside.test(link);
      for (const name of new Set([...names, ...handlers])) {
        if (name === 'click') continue;
        quiet(() => EventTarget.prototype.dispatchEvent.call(e, new Event(name, { bubbles: !['load', 'error', 'toggle'].includes(name), cancelable: true })));
      }
      quiet(() => { if (e.tabIndex >= 0) (e instanceof HTMLElement ? HTMLElement : SVGElement).prototype.focus.call(e); });
      if (e.localName === 'input' && /file/i.test(get(e, 'type') ?? '')) continue;
      const around = P.closest.call(e, 'a,area,[href]');
      if (isLink || link.startsWith('#') || (around && outside.test(get(around, 'href') ?? get(around, 'xlink:href') ?? ''))) continue;
      quiet(() => e instanceof HTMLElement ? HTMLElement.prototype.click.call(e) : EventTarget.prototype.dispatchEvent.call(e, new MouseEvent('click', { bubbles: true, cancelable: true })));
    }
  }
  return { count, frames };
})()`;
