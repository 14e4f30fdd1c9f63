import { ActionIcon, AppShell, Box, Group, Kbd, Text, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import {
  IconActivityHeartbeat,
  IconLayoutKanban,
  IconPlugConnected,
  IconRobot,
  IconSearch,
} from "@tabler/icons-react";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { LiveMark } from "./LiveMark";
import { openPalette, useOverlaysWanted } from "./overlays";
import { SchemeSwitch } from "./SchemeSwitch";
import classes from "./Shell.module.css";
import { UserMenu } from "./UserMenu";

const OverlayRoot = lazy(() => import("./OverlayRoot").then((module) => ({ default: module.OverlayRoot })));

const places = [
  { to: "/", under: ["/pipelines", "/leads"], label: "Board", icon: IconLayoutKanban },
  { to: "/bots", under: ["/bots", "/runs"], label: "Bots", icon: IconRobot },
  { to: "/channels", under: ["/channels"], label: "Channels", icon: IconPlugConnected },
] as const;

export function Shell() {
  // With a modifier it is no text, so it works in text fields too; "/" is one there.
  useHotkeys([["mod+K", openPalette]], [], true);
  useHotkeys([["/", openPalette]]);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 84, breakpoint: "sm", collapsed: { mobile: true } }}
      padding={0}
    >
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <AppShell.Header className={classes.header}>
        <Header />
      </AppShell.Header>
      <AppShell.Navbar p={6} className={classes.rail}>
        <Places label="Main" />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <Box hiddenFrom="sm" className={classes.bottom}>
        <Places label="Main, at the bottom" />
      </Box>
      <Suspense>{useOverlaysWanted() && <OverlayRoot />}</Suspense>
    </AppShell>
  );
}

function Header() {
  return (
    <Group h="100%" px="sm" justify="space-between" wrap="nowrap">
      <Link to="/" className={classes.brand} aria-label="Salesbot: to the board">
        <img src="/favicon.svg" alt="" width={24} height={24} />
        <Text fw={700} visibleFrom="xs" component="span">
          Salesbot
        </Text>
      </Link>
      <UnstyledButton className={classes.search} onClick={openPalette}>
        <IconSearch size={16} />
        <Text size="sm" span truncate>
          Search leads, jump anywhere
        </Text>
        <Kbd size="xs" visibleFrom="sm">
          Ctrl K
        </Kbd>
      </UnstyledButton>
      <Group gap={4} wrap="nowrap">
        <LiveMark />
        <SchemeSwitch />
        <UserMenu />
      </Group>
    </Group>
  );
}

function Places({ label }: { label: string }) {
  const path = useLocation({ select: (location) => location.pathname });
  return (
    <nav aria-label={label} className={classes.places}>
      {places.map(({ to, under, label, icon: Icon }) => {
        const here = under.some((prefix) => path.startsWith(prefix));
        return (
          <Link
            key={to}
            to={to}
            className={classes.place}
            data-active={here || undefined}
            aria-current={here ? "page" : undefined}
          >
            <Icon size={22} stroke={1.6} />
            <span>{label}</span>
          </Link>
        );
      })}
      <ActionIcon
        className={classes.temporal}
        component="a"
        href="/temporal/"
        target="_blank"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label="Temporal UI"
        title="Temporal UI: every conversation as a workflow"
      >
        <IconActivityHeartbeat size={20} stroke={1.6} />
      </ActionIcon>
    </nav>
  );
}
