import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { isStatus } from "../api/problem";
import { whenSignedOut } from "../api/request";
import { BoardPage } from "../board/BoardPage";
import { pipelinesQuery } from "../board/queries";
import { Failed, Loading } from "../ui/States";
import { queryClient } from "./client";
import { meQuery } from "./me";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

const root = createRootRoute({
  notFoundComponent: () => (
    <main>
      <NotFound />
    </main>
  ),
});

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { token?: string; next?: string } => ({
    token: text(search.token),
    next: text(search.next),
  }),
  component: lazyRouteComponent(() => import("../signin/SignInPage"), "SignInPage"),
});

/** Everything but the sign-in page: asks who is signed in and shows the navigation around the page. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (isStatus(error, 401)) throw redirect({ to: "/login", search: { next: location.href } });
      throw error;
    }
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: async () => {
    const pipelines = await queryClient.ensureQueryData(pipelinesQuery);
    const main = pipelines.find((pipeline) => pipeline.is_main) ?? pipelines[0];
    if (main) throw redirect({ to: "/pipelines/$id", params: { id: main.id } });
  },
  component: NotFound,
});

/** A path parameter that is a positive whole number; anything else is no page of ours. */
const byId = {
  parse: (params: { id: string }) => ({ id: /^\d{1,15}$/.test(params.id) ? Number(params.id) : 0 }),
  stringify: (params: { id: number }) => ({ id: String(params.id) }),
};

const board = createRoute({
  getParentRoute: () => shell,
  path: "/pipelines/$id",
  params: byId,
  validateSearch: (search: Record<string, unknown>): { q?: string } => ({ q: text(search.q) }),
  // Where nearly everybody begins: it comes with the app, in its one file.
  component: BoardPage,
});

const lead = createRoute({
  getParentRoute: () => shell,
  path: "/leads/$id",
  params: byId,
  component: lazyRouteComponent(() => import("../lead/LeadPage"), "LeadPage"),
});

const run = createRoute({
  getParentRoute: () => shell,
  path: "/runs/$id",
  params: byId,
  component: lazyRouteComponent(() => import("../runs/RunPage"), "RunPage"),
});

const bots = createRoute({
  getParentRoute: () => shell,
  path: "/bots",
  component: lazyRouteComponent(() => import("../bots/BotsPage"), "BotsPage"),
});

const bot = createRoute({
  getParentRoute: () => shell,
  path: "/bots/$id",
  params: byId,
  component: lazyRouteComponent(() => import("../bots/BotPage"), "BotPage"),
});

const channels = createRoute({
  getParentRoute: () => shell,
  path: "/channels",
  component: lazyRouteComponent(() => import("../channels/ChannelsPage"), "ChannelsPage"),
});

const secrets = createRoute({
  getParentRoute: () => shell,
  path: "/secrets",
  component: lazyRouteComponent(() => import("../secrets/SecretsPage"), "SecretsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    shell.addChildren([home, board, lead, run, bots, bot, channels, secrets]),
  ]),
  defaultPreload: "intent",
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
});

whenSignedOut(() => {
  if (router.state.location.pathname === "/login") return;
  queryClient.clear();
  void router.navigate({ to: "/login", search: { next: router.state.location.href } });
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
