// What a person has just used may go: a task that is done, a file that is taken away, a button that has nothing left to do.
// The browser then drops the focus onto the page's body, and who works with a keyboard begins at the top. Wherever that
// happens the focus goes to the nearest thing that is left instead.

const FOCUSABLE =
  'a[href], button, input, select, textarea, iframe, summary, [contenteditable="true"], [tabindex]:not([tabindex="-1"])';

/** Dialogs and menus give the focus back themselves within this time. */
const OTHERS_FIRST_MS = 40;

/** How many places are remembered: what opened a dialog is asked for when the dialog has gone. */
const REMEMBERED = 4;

/** Where an element stands: for it and everything around it, what comes before. */
interface Place {
  element: Element;
  levels: { parent: Element; before: Element | null }[];
  path: string;
}

const usable = (element: Element) =>
  element.isConnected &&
  !element.matches(":disabled") &&
  element.checkVisibility({ visibilityProperty: true });

function placeOf(element: Element): Place {
  const levels: Place["levels"] = [];
  for (let child = element; child.parentElement; child = child.parentElement)
    levels.push({ parent: child.parentElement, before: child.previousElementSibling });
  return { element, levels, path: location.pathname };
}

/** What comes next where the element was, else what comes before it, in the smallest part of the page that has either. */
function neighbour({ element, levels }: Place): Element | undefined {
  for (const { parent, before } of levels) {
    if (parent === document.body) return undefined;
    if (!parent.isConnected) continue;
    const found = [...parent.querySelectorAll(FOCUSABLE)].filter((one) => one !== element && usable(one));
    const mark = element.isConnected ? element : before?.isConnected ? before : undefined;
    const follows = (one: Element) =>
      !mark || Boolean(mark.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next =
      found.find((one) => follows(one) && !(mark !== element && mark?.contains(one))) ?? found.at(-1);
    if (next) return next;
    if (parent.id === "main") return parent;
  }
  return undefined;
}

/** Starts to look after the focus; answers a function that stops. */
export function keepFocus(): () => void {
  let places: Place[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const lost = () => document.activeElement === document.body && places.length > 0;
  const remember = ({ target }: FocusEvent) => {
    if (!(target instanceof Element) || target === document.body) return;
    places = [placeOf(target), ...places.filter(({ element }) => element !== target)].slice(0, REMEMBERED);
  };
  const look = () => {
    timer = undefined;
    if (!lost()) return;
    const [last] = places;
    // It is still there: whoever works here has left it, by a click beside it for instance.
    if (last && usable(last.element)) {
      places = [];
      return;
    }
    const main = document.getElementById("main");
    const here = places.filter(({ path }) => path === location.pathname);
    const next =
      here.map((place) => (usable(place.element) ? place.element : neighbour(place))).find(Boolean) ?? main;
    if (next instanceof HTMLElement) next.focus({ preventScroll: true });
  };
  const later = () => {
    if (lost()) timer ??= setTimeout(look, OTHERS_FIRST_MS);
  };
  // What is taken away makes no event, what is hidden or switched off does.
  const observer = new MutationObserver(later);
  observer.observe(document.body, { childList: true, subtree: true });
  const left = () => queueMicrotask(later);
  document.addEventListener("focusin", remember);
  document.addEventListener("focusout", left);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener("focusin", remember);
    document.removeEventListener("focusout", left);
  };
}
