import { DEFAULT_THEME, darken, mergeMantineTheme } from "@mantine/core";
import { expect, test } from "vitest";
import { contrast, readable, resolver } from "./colors";
import { theme } from "./theme";

const merged = mergeMantineTheme(DEFAULT_THEME, theme);
const { gray, dark, ...colours } = merged.colors as Record<string, readonly string[]>;
const grounds = {
  light: ["#ffffff", gray?.[0], gray?.[1], gray?.[2], merged.colors.indigo[1]] as string[],
  dark: [dark?.[8], dark?.[7], dark?.[6], dark?.[5]] as string[],
};

for (const scheme of ["light", "dark"] as const) {
  const variables = resolver(merged)[scheme] as Record<string, string>;
  const text = (name: string) => variables[`--mantine-color-${name}`] as string;

  test(`dimmed and placeholder texts can be read on every ground, ${scheme}`, () => {
    for (const name of ["dimmed", "placeholder", "error", "anchor"])
      for (const ground of grounds[scheme]) expect(contrast(text(name), ground), name).toBeGreaterThan(4.5);
  });

  test(`coloured texts can be read on every ground and on their own light one, ${scheme}`, () => {
    for (const [name, shades] of Object.entries({ ...colours, gray })) {
      for (const ground of grounds[scheme])
        expect(contrast(text(`${name}-text`), ground), name).toBeGreaterThan(4.5);
      const own = scheme === "light" ? shades?.[1] : darken(shades?.[9] as string, 0.5);
      expect(contrast(text(`${name}-light-color`), own as string), name).toBeGreaterThan(4.5);
    }
  });
}

test("a colour that can be read stays as it is", () => {
  expect(readable("#000000", "#ffffff")).toBe(darken("#000000", 0));
  expect(contrast(readable("#ffd43b", "#ffffff"), "#ffffff")).toBeLessThan(5);
});
