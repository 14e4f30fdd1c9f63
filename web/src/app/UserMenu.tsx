import { ActionIcon, Avatar, Menu } from "@mantine/core";
import { IconApi, IconKey, IconLogout, IconMessages } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { signOut } from "../api/session";
import { initials } from "../ui/format";
import { useAccount, usersQuery } from "./me";

export function UserMenu() {
  const account = useAccount();
  const users = useQuery(usersQuery).data ?? [];
  const user = users.find((one) => one.id === account?.current_user_id);
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
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
