import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const colour = (name: string) => `var(--mantine-color-${name}-text)`;

/** JSON in the theme's colours, which follow light and dark by themselves. */
export const highlighting = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.propertyName, color: colour("indigo") },
    { tag: tags.string, color: colour("teal") },
    { tag: tags.number, color: colour("orange") },
    { tag: [tags.bool, tags.null], color: colour("grape") },
    { tag: tags.invalid, color: "var(--mantine-color-error)" },
  ]),
);
