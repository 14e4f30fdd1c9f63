import { Anchor, Badge, Button, Group, Modal, Stack, Table, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createBot } from "../api/bots";
import { keys } from "../api/keys";
import { fieldError } from "../api/problem";
import type { Bot } from "../api/types";
import { usePageTitle } from "../app/title";
import { Page } from "../ui/Page";
import { Async, Empty, Failed } from "../ui/States";
import { Ago } from "../ui/Time";
import { newDocument } from "./draft";
import { Library } from "./Library";
import { botsQuery } from "./queries";

export function BotsPage() {
  const query = useQuery(botsQuery);
  usePageTitle("Bots");
  const [opened, { open, close }] = useDisclosure();
  return (
    <Page>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h3">
          Bots
        </Title>
        <Button leftSection={<IconPlus size={16} />} onClick={open}>
          New bot
        </Button>
      </Group>
      <Async
        query={query}
        empty={
          <Empty title="No bots yet">
            A bot answers, asks, sorts and follows up by itself. Create the first, or take one from the
            library.
          </Empty>
        }
      >
        {(bots) => <BotTable bots={bots} />}
      </Async>
      <Library />
      <Modal opened={opened} onClose={close} title="New bot" centered>
        <NewBot />
      </Modal>
    </Page>
  );
}

function BotTable({ bots }: { bots: Bot[] }) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table highlightOnHover verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Published</Table.Th>
            <Table.Th>Alive runs</Table.Th>
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {bots.map((bot) => (
            <Table.Tr key={bot.id}>
              <Table.Td>
                <Anchor
                  fw={600}
                  renderRoot={(props) => <Link to="/bots/$id" params={{ id: bot.id }} {...props} />}
                >
                  {bot.name}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <Badge variant="light" color={bot.is_active ? "teal" : "gray"} miw="max-content">
                  {bot.is_active ? "active" : "off"}
                </Badge>
              </Table.Td>
              <Table.Td>{bot.published_version ? `version ${bot.published_version}` : "not yet"}</Table.Td>
              <Table.Td>{bot.alive_runs ?? 0}</Table.Td>
              <Table.Td>{bot.updated_at ? <Ago at={bot.updated_at} size="sm" c="dimmed" /> : null}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function NewBot() {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => createBot(name.trim(), newDocument(name.trim())),
    meta: { quiet: true },
    onSuccess: async (bot) => {
      await client.invalidateQueries({ queryKey: keys.bots });
      await navigate({ to: "/bots/$id", params: { id: bot.id } });
    },
  });
  const atField = fieldError(create.error, "name");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          required
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={atField}
        />
        {create.error && !atField && <Failed error={create.error} />}
        <Button type="submit" loading={create.isPending}>
          Create bot
        </Button>
      </Stack>
    </form>
  );
}
