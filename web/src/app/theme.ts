import { createTheme } from "@mantine/core";
import { busyRoot } from "../ui/busy";

export const theme = createTheme({
  primaryColor: "indigo",
  // Deep enough for white text; what is not gets black text.
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  luminanceThreshold: 0.179,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  // The browser's own ring is invisible on dark cards.
  focusRing: "auto",
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: "650" },
  components: {
    Button: { defaultProps: { renderRoot: busyRoot } },
    ActionIcon: { defaultProps: { renderRoot: busyRoot } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    // A dialog's header element would be a second banner of the page.
    ModalHeader: { defaultProps: { role: "none" } },
    // A menu holds items and nothing else; the focus goes to the first.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
});
