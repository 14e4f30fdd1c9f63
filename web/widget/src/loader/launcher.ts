import { safeColour, textOn } from "../shared/colour";
import { DEFAULT_SETTINGS, type Settings } from "../shared/protocol";
import type { TEXTS } from "./texts";

type Texts = (typeof TEXTS)["en"];

const SVG = "http://www.w3.org/2000/svg";
const TALK =
  "M12 3C6.9 3 3 6.6 3 11c0 2.2 1 4.2 2.6 5.6L5 21l4.7-2.3c.7.2 1.5.3 2.3.3 5.1 0 9-3.6 9-8s-3.9-8-9-8Z";
const SHUT = "m6 9 6 6 6-6";

/** The round button at the page's corner: a real button, so keyboard and screen readers need nothing more. */
export class Launcher {
  readonly button = document.createElement("button");
  private readonly words = document.createElement("span");
  private readonly badge = document.createElement("span");
  private count = 0;
  private open = false;

  constructor(
    private texts: Texts,
    onPress: () => void,
  ) {
    this.button.type = "button";
    this.words.className = "words";
    this.badge.className = "badge";
    this.badge.setAttribute("aria-hidden", "true");
    this.button.append(icon("talk", TALK), icon("shut", SHUT), this.words, this.badge);
    this.button.addEventListener("click", onPress);
    this.button.setAttribute("aria-haspopup", "dialog");
    this.refresh();
  }

  dress(host: HTMLElement, settings: Settings, texts: Texts): void {
    const accent = safeColour(settings.colour, DEFAULT_SETTINGS.colour);
    this.texts = texts;
    host.style.setProperty("--accent", accent);
    host.style.setProperty("--on-accent", textOn(accent));
    this.button.className = `launcher ${settings.position === "left" ? "left" : "right"}`;
    this.words.textContent = settings.launcher_text;
    this.words.hidden = !settings.launcher_text;
    this.refresh();
  }

  setOpen(open: boolean): void {
    this.open = open;
    this.refresh();
  }

  setUnread(count: number): void {
    this.count = count;
    this.refresh();
  }

  private refresh(): void {
    const { texts, open, count } = this;
    const unread = !open && count > 0;
    this.badge.hidden = !unread;
    this.badge.textContent = count > 99 ? "99+" : String(count);
    this.button.setAttribute("aria-expanded", String(open));
    const name = open ? texts.close : this.words.textContent || texts.open;
    this.button.setAttribute(
      "aria-label",
      unread ? `${name}, ${texts.unread.replace("{n}", String(count))}` : name,
    );
  }
}

function icon(name: string, path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", name);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("fill", "none");
  svg.setAttribute("stroke", "currentColor");
  svg.setAttribute("stroke-width", "2");
  svg.setAttribute("stroke-linecap", "round");
  svg.setAttribute("stroke-linejoin", "round");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}
