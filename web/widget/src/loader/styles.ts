/** Below this width the panel takes the whole screen. */
export const PHONE = "(max-width: 480px)";

export const CSS = `
:host { all: initial; }
* { box-sizing: border-box; }
.launcher, .panel { position: fixed; z-index: 2147483000; }
.launcher {
  bottom: calc(20px + env(safe-area-inset-bottom, 0px));
  display: flex; align-items: center; gap: 10px;
  min-width: 56px; height: 56px; padding: 0 16px;
  border: 0; border-radius: 28px; cursor: pointer;
  background: var(--accent); color: var(--on-accent);
  font: 600 15px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  box-shadow: 0 6px 20px rgb(0 0 0 / .24), 0 1px 4px rgb(0 0 0 / .18);
  transition: transform .15s ease, box-shadow .15s ease;
}
.launcher:hover { transform: translateY(-2px); box-shadow: 0 10px 26px rgb(0 0 0 / .28), 0 1px 4px rgb(0 0 0 / .18); }
.launcher:active { transform: scale(.97); }
.launcher:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.launcher svg { width: 24px; height: 24px; flex: none; }
.launcher .shut { display: none; }
.launcher[aria-expanded="true"] .shut { display: block; }
.launcher[aria-expanded="true"] .talk, .launcher[aria-expanded="true"] .words { display: none; }
.right { right: calc(20px + env(safe-area-inset-right, 0px)); }
.left { left: calc(20px + env(safe-area-inset-left, 0px)); }
.badge {
  position: absolute; top: -4px; inset-inline-end: -2px;
  min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
  background: #d92d20; color: #fff; border: 2px solid #fff;
  font: 700 12px/18px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; text-align: center;
}
.left .badge { inset-inline: auto -2px; }
.panel {
  bottom: calc(88px + env(safe-area-inset-bottom, 0px));
  width: 392px; height: min(680px, calc(100dvh - 112px));
  max-width: calc(100vw - 40px);
  border-radius: 18px; overflow: hidden; background: var(--paper);
  box-shadow: 0 18px 56px rgb(0 0 0 / .26), 0 2px 10px rgb(0 0 0 / .14);
  transform-origin: bottom right; animation: rise .18s ease-out;
}
.panel.left { transform-origin: bottom left; }
.panel iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: auto; }
[hidden] { display: none !important; }
@keyframes rise { from { opacity: 0; transform: translateY(14px) scale(.98); } }
@media ${PHONE} {
  .panel { inset: 0; width: 100%; max-width: none; height: 100dvh; border-radius: 0; box-shadow: none; }
  .launcher[aria-expanded="true"] { display: none; }
}
@media (prefers-reduced-motion: reduce) {
  .launcher, .panel { transition: none; animation: none; }
  .launcher:hover { transform: none; }
}
@media print { .launcher, .panel { display: none; } }
`;

/**
 * A constructed sheet is outside the page's style-src, a <style> element is not: so the sheet comes first and the
 * element only serves browsers that have no constructed sheets (Safari before 16.4).
 */
export function addStyles(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style");
    style.textContent = CSS;
    root.append(style);
  }
}
