import { ActionIcon, Avatar, Menu } from "@mantine/core";
import { IconApi, IconKey, IconLogout, IconMessages, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { signOut } from "../api/session";
import { initials } from "../ui/format";
import { useAccount, useMe } from "./me";

const Invite = lazy(() => import("../start/Invite").then((module) => ({ default: module.Invite })));

export function UserMenu() {
  const account = useAccount();
  const user = useMe();
  // Undefined until it is wanted for the first time: then its form is loaded.
  const [inviting, setInviting] = useState<boolean>();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await navigate({ to: "/login" });
      client.clear();
    },
  });
  const mark = user ? initials(user.name) : "";
  return (
    <>
      <Menu position="bottom-end" withArrow>
        <Menu.Target>
          <ActionIcon variant="transparent" size="lg" radius="xl" aria-label={`Your account ${mark}`.trim()}>
            <Avatar size={30} color="indigo">
              {mark}
            </Avatar>
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{user ? `${user.name} · ${user.email}` : (account?.name ?? "Signed in")}</Menu.Label>
          <Menu.Item component="a" href="/demo" target="_blank" leftSection={<IconMessages size={16} />}>
            Try the live chat
          </Menu.Item>
          <Menu.Item component="a" href="/api/docs" target="_blank" leftSection={<IconApi size={16} />}>
            API reference
          </Menu.Item>
          <Menu.Item
            leftSection={<IconKey size={16} />}
            renderRoot={(props) => <Link to="/secrets" {...props} />}
          >
            Secrets
          </Menu.Item>
          {user?.role === "administrator" && (
            <Menu.Item leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
              Invite a colleague
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {inviting !== undefined && <Invite opened={inviting} onClose={() => setInviting(false)} />}
      </Suspense>
    </>
  );
}
