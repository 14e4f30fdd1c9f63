import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./client";
import { resolver } from "./colors";
import { keepFocus } from "./keepFocus";
import { router } from "./router";
import { theme } from "./theme";

const root = document.getElementById("root");
if (root) {
  keepFocus();
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
        <QueryClientProvider client={queryClient}>
          {/* Under the header: at the bottom they would lie over what one writes and sends with. */}
          <Notifications position="top-center" containerWidth={360} zIndex={1000} />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
