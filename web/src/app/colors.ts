import { type CSSVariablesResolver, darken, lighten, luminance, type MantineTheme } from "@mantine/core";

/** WCAG AA for text of any size; a little more, because a browser rounds what it mixes. */
const ENOUGH = 4.6;

export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour, moved away from what it is written on until it can be read there, and no further. */
export function readable(color: string, on: string): string {
  const away = luminance(on) > 0.179 ? darken : lighten;
  for (let amount = 0; amount < 1; amount += 0.02) {
    const moved = away(color, amount);
    if (contrast(moved, on) >= ENOUGH) return moved;
  }
  return away(color, 1);
}

type Shades = MantineTheme["colors"][string];

/**
 * The text colours of the component library, mended: its dimmed, coloured and placeholder texts are too pale to read. They
 * are measured against the darkest ground that text stands on in light colours, and the brightest one in dark colours.
 */
export const resolver: CSSVariablesResolver = (theme) => {
  const gray = theme.colors.gray as Shades;
  const dark = theme.colors.dark as Shades;
  const chosen = (theme.colors[theme.primaryColor] as Shades)[1];
  const ground = luminance(chosen) < luminance(gray[2]) ? chosen : gray[2];
  return {
    variables: {},
    light: {
      ...muted(gray[6], ground),
      ...coloured(theme, ([, light, , , , , , , , deep]) => [deep, ground, deep, light]),
    },
    dark: {
      ...muted(dark[2], dark[5]),
      ...coloured(theme, ([pale, , , , middle, , , , , deep]) => [middle, dark[5], pale, darken(deep, 0.5)]),
    },
  };
};

const muted = (color: string, on: string) => ({
  "--mantine-color-dimmed": readable(color, on),
  "--mantine-color-placeholder": readable(color, on),
});

type Pairs = [text: string, ground: string, lightText: string, lightGround: string];

/** Of every colour: its text on a page's ground, and its text on its own light ground, as a badge has it. */
function coloured(theme: MantineTheme, pick: (shades: Shades) => Pairs): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, shades] of Object.entries(theme.colors)) {
    if (name === "dark") continue;
    const [text, ground, lightText, lightGround] = pick(shades);
    variables[`--mantine-color-${name}-text`] = readable(text, ground);
    variables[`--mantine-color-${name}-outline`] = readable(text, ground);
    variables[`--mantine-color-${name}-light-color`] = readable(lightText, lightGround);
  }
  variables["--mantine-color-error"] = variables["--mantine-color-red-text"] as string;
  variables["--mantine-color-anchor"] = variables[`--mantine-color-${theme.primaryColor}-text`] as string;
  return variables;
}
