import { ActionIcon, Button, Group, Select, Stack, Table, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addTrigger, deleteTrigger } from "../api/bots";
import { listChannels } from "../api/channels";
import { keys } from "../api/keys";
import type { Channel, Pipeline, Trigger, TriggerKind } from "../api/types";
import { pipelinesQuery } from "../board/queries";
import { Page } from "../ui/Page";
import { Async, Empty } from "../ui/States";
import { triggersQuery } from "./queries";

const kinds: Record<TriggerKind, string> = {
  talk_started: "A client begins a talk",
  message: "A client writes any message",
  no_bot_running: "A client writes and no bot is running",
  stage_created: "A lead is created in a stage",
  stage_moved: "A lead is moved to a stage",
  stage_entered: "A lead is created in or moved to a stage",
};

const aboutStage = (kind: TriggerKind) => kind.startsWith("stage_");

/** What launches the bot by itself. */
export function Triggers({ bot }: { bot: number }) {
  const query = useQuery(triggersQuery(bot));
  return (
    <Page>
      <Stack>
        <Async
          query={query}
          empty={
            <Empty title="No triggers">
              The bot runs only when somebody launches it. Add a trigger below.
            </Empty>
          }
        >
          {(triggers) => <TriggerTable bot={bot} triggers={triggers} />}
        </Async>
        <NewTrigger bot={bot} />
      </Stack>
    </Page>
  );
}

function TriggerTable({ bot, triggers }: { bot: number; triggers: Trigger[] }) {
  const client = useQueryClient();
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const channels = useQuery({ queryKey: keys.channels, queryFn: listChannels }).data ?? [];
  const remove = useMutation({
    mutationFn: (id: number) => deleteTrigger(bot, id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.triggers(bot) }),
  });
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>When</Table.Th>
          <Table.Th>Where</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {triggers.map((trigger) => (
          <Table.Tr key={trigger.id}>
            <Table.Td>{kinds[trigger.kind] ?? trigger.kind}</Table.Td>
            <Table.Td>{where(trigger, pipelines, channels)}</Table.Td>
            <Table.Td ta="right">
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label="Delete the trigger"
                loading={remove.isPending && remove.variables === trigger.id}
                onClick={() => remove.mutate(trigger.id)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function where(trigger: Trigger, pipelines: Pipeline[], channels: Channel[]): string {
  const pipeline = pipelines.find((one) => one.id === trigger.pipeline_id);
  const stage = pipeline?._embedded.statuses.find((one) => one.id === trigger.status_id);
  const channel = channels.find((one) => one.id === trigger.channel_id);
  return [pipeline?.name, stage?.name, channel?.name].filter(Boolean).join(" → ") || "anywhere";
}

function NewTrigger({ bot }: { bot: number }) {
  const client = useQueryClient();
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const channels = useQuery({ queryKey: keys.channels, queryFn: listChannels }).data ?? [];
  const [kind, setKind] = useState<TriggerKind>("talk_started");
  const [pipeline, setPipeline] = useState<string | null>(null);
  const [stage, setStage] = useState<string | null>(null);
  const [channel, setChannel] = useState<string | null>(null);
  const add = useMutation({
    mutationFn: () =>
      addTrigger(bot, {
        kind,
        ...(aboutStage(kind)
          ? { pipeline_id: Number(pipeline) || undefined, status_id: Number(stage) || undefined }
          : { channel_id: Number(channel) || undefined }),
      }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.triggers(bot) }),
  });
  const stages = pipelines.find((one) => String(one.id) === pipeline)?._embedded.statuses ?? [];
  const options = (list: { id: number; name: string }[]) =>
    list.map(({ id, name }) => ({ value: String(id), label: name }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <Text fw={600} size="sm" mb={6}>
        Add a trigger
      </Text>
      <Group align="end">
        <Select
          label="When"
          w={290}
          allowDeselect={false}
          data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
          value={kind}
          onChange={(value) => setKind((value as TriggerKind) ?? kind)}
        />
        {aboutStage(kind) ? (
          <>
            <Select
              label="Pipeline"
              placeholder="Any"
              clearable
              data={options(pipelines)}
              value={pipeline}
              onChange={(value) => {
                setPipeline(value);
                setStage(null);
              }}
            />
            <Select
              label="Stage"
              placeholder="Any"
              clearable
              disabled={!pipeline}
              data={options(stages)}
              value={stage}
              onChange={setStage}
            />
          </>
        ) : (
          <Select
            label="Channel"
            placeholder="Any"
            clearable
            data={options(channels)}
            value={channel}
            onChange={setChannel}
          />
        )}
        <Button type="submit" loading={add.isPending}>
          Add
        </Button>
      </Group>
    </form>
  );
}
