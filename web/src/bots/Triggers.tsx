import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  Group,
  Select,
  Stack,
  Table,
  Text,
  VisuallyHidden,
} from "@mantine/core";
import { IconAlertTriangle, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addTrigger, deleteTrigger, moveTrigger } from "../api/bots";
import { listChannels } from "../api/channels";
import { keys } from "../api/keys";
import type { Channel, Collision, Pipeline, Trigger, TriggerKind } from "../api/types";
import { pipelinesQuery } from "../board/queries";
import { notifyWarning } from "../ui/notify";
import { Page } from "../ui/Page";
import { Async, Empty } from "../ui/States";
import { collisionText, movable } from "./collisions";
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
    onSettled: () => client.invalidateQueries({ queryKey: keys.allTriggers }),
  });
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>When</Table.Th>
          <Table.Th>Where</Table.Th>
          <Table.Th>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {triggers.map((trigger) => (
          <Table.Tr key={trigger.id} style={{ verticalAlign: "top" }}>
            <Table.Td>
              {kinds[trigger.kind] ?? trigger.kind}
              {trigger.alongside && (
                <Badge ml={6} variant="light" tt="none">
                  beside other bots
                </Badge>
              )}
              {trigger.collisions?.map((other) => (
                <CollisionLine key={other.trigger_id} bot={bot} trigger={trigger} other={other} />
              ))}
            </Table.Td>
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

/** Another bot waits for the same: what follows from it, and the way to change it. */
function CollisionLine({ bot, trigger, other }: { bot: number; trigger: Trigger; other: Collision }) {
  const client = useQueryClient();
  const move = useMutation({
    mutationFn: () =>
      moveTrigger(
        bot,
        trigger.id,
        other.goes_first ? { before: other.trigger_id } : { after: other.trigger_id },
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.allTriggers }),
  });
  return (
    <Group gap={6} mt={4} role="note">
      <Group gap={6} flex="1 1 150px" wrap="nowrap" align="start">
        <IconAlertTriangle
          size={14}
          color="var(--mantine-color-orange-text)"
          style={{ flexShrink: 0, marginTop: 2 }}
          aria-hidden
        />
        <Text size="xs">{collisionText(trigger, other)}</Text>
      </Group>
      {movable(trigger, other) && (
        <Button size="compact-xs" variant="default" loading={move.isPending} onClick={() => move.mutate()}>
          {other.goes_first ? "Let this bot go first" : `Let ${other.bot_name} go first`}
        </Button>
      )}
    </Group>
  );
}

function where(trigger: Trigger, pipelines: Pipeline[], channels: Channel[]): string {
  const pipeline = pipelines.find((one) => one.id === trigger.pipeline_id);
  const stage = pipeline?._embedded.statuses.find((one) => one.id === trigger.status_id);
  const channel = channels.find((one) => one.id === trigger.channel_id);
  return [pipeline?.name, stage?.name, channel?.name].filter(Boolean).join(" → ") || "anywhere";
}

function warnOf(trigger: Trigger) {
  const collisions = trigger.collisions ?? [];
  if (collisions.length > 0)
    notifyWarning(
      "Another bot waits for the same",
      collisions.map((other) => collisionText(trigger, other)).join(" "),
    );
}

function NewTrigger({ bot }: { bot: number }) {
  const client = useQueryClient();
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const channels = useQuery({ queryKey: keys.channels, queryFn: listChannels }).data ?? [];
  const [kind, setKind] = useState<TriggerKind>("talk_started");
  const [pipeline, setPipeline] = useState<string | null>(null);
  const [stage, setStage] = useState<string | null>(null);
  const [channel, setChannel] = useState<string | null>(null);
  const [alongside, setAlongside] = useState(false);
  const add = useMutation({
    mutationFn: () =>
      addTrigger(bot, {
        kind,
        ...(aboutStage(kind)
          ? { pipeline_id: Number(pipeline) || undefined, status_id: Number(stage) || undefined, alongside }
          : { channel_id: Number(channel) || undefined }),
      }),
    onSuccess: (made) => warnOf(made),
    onSettled: () => client.invalidateQueries({ queryKey: keys.allTriggers }),
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
            <Checkbox
              label="Beside other bots"
              description="Launch it whatever else the stage launches"
              checked={alongside}
              onChange={(event) => setAlongside(event.currentTarget.checked)}
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
