import "@mantine/spotlight/styles.css";
import { ModalsProvider } from "@mantine/modals";
import { useEffect } from "react";
import { overlaysAreReady } from "./overlays";
import { Palette } from "./Palette";

/** What opens over a page. */
export function OverlayRoot() {
  // An effect of a parent comes after those of its children, by which they begin to listen.
  useEffect(overlaysAreReady, []);
  return (
    <ModalsProvider>
      <Palette />
    </ModalsProvider>
  );
}
