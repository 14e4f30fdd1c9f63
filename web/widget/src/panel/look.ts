import { safeColour, textOn } from "../shared/colour";
import { type Language, pickLanguage } from "../shared/i18n";
import { DEFAULT_SETTINGS, type Settings } from "../shared/protocol";

export interface Look {
  language: Language;
}

/** Puts the settings' colour, theme and language on the document. Only through the CSSOM: our CSP forbids inline styles. */
export function applyLook(settings: Settings): Look {
  const root = document.documentElement;
  const accent = safeColour(settings.colour, DEFAULT_SETTINGS.colour);
  root.style.setProperty("--accent", accent);
  root.style.setProperty("--on-accent", textOn(accent));
  root.dataset.theme = settings.theme;
  const language = pickLanguage(settings.language, navigator.languages);
  root.lang = language;
  document.title = settings.title;
  return { language };
}
