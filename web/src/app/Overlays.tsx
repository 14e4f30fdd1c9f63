import { ModalsProvider } from "@mantine/modals";
import { Palette } from "./Palette";

/** What opens over a page. It is loaded after the page: nobody needs it before. */
export function Overlays() {
  return (
    <ModalsProvider>
      <Palette />
    </ModalsProvider>
  );
}
