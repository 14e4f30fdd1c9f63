import { Alert, Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerSkipForward, IconPlayerStop } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { keys } from "../api/keys";
import { answerRun, commandRun, type RunCommand } from "../api/runs";
import type { Run } from "../api/types";
import { askedInput, waitWords } from "../runs/wait";
import { confirm } from "../ui/confirm";
import { dateTime } from "../ui/format";
import { RunStatus } from "../ui/RunStatus";
import { useNow } from "../ui/useNow";
import { botName } from "./handback";
import classes from "./Lead.module.css";
import { usePlaces } from "./usePlaces";

/** A run that is under way: where it stands, what it waits for, and what a person may do about it. */
export function LiveRun({ run, lead }: { run: Run; lead: number }) {
  const now = useNow();
  const { text, overdue } = waitWords(run, now);
  const asked = askedInput(run);
  const [place] = usePlaces([run]);
  return (
    <Stack gap={6} className={classes.run}>
      <Group justify="space-between" wrap="nowrap">
        <Anchor
          size="sm"
          fw={600}
          truncate
          renderRoot={(props) => <Link to="/runs/$id" params={{ id: run.id }} {...props} />}
        >
          {botName(run)}
        </Anchor>
        <RunStatus status={run.status} />
      </Group>
      {run.step && (
        <Text size="sm">
          At step <b>{place?.title ?? run.step}</b>
          {run.version ? (
            <Text span size="xs" c="dimmed">
              {" "}
              (version {run.version})
            </Text>
          ) : null}
        </Text>
      )}
      {text && (
        <Text
          size="sm"
          c={overdue ? "red" : "dimmed"}
          fw={overdue ? 600 : undefined}
          title={run.waiting_until ? dateTime(run.waiting_until) : undefined}
        >
          {text}
        </Text>
      )}
      {run.reason && (
        <Text size="xs" c="dimmed">
          {run.reason}
        </Text>
      )}
      {asked !== undefined && <AnswerBox run={run} lead={lead} question={asked} />}
      <Commands run={run} lead={lead} />
    </Stack>
  );
}

function useRunRefresh(run: number, lead: number) {
  const client = useQueryClient();
  return () =>
    Promise.all([keys.runs(lead), keys.run(run)].map((queryKey) => client.invalidateQueries({ queryKey })));
}

const buttons = {
  skip: { label: "Skip the wait", icon: IconPlayerSkipForward },
  pause: { label: "Pause", icon: IconPlayerPause },
  resume: { label: "Resume", icon: IconPlayerPlay },
  stop: { label: "Stop", icon: IconPlayerStop },
} as const;

function commandsFor(status: string): RunCommand[] {
  if (status === "paused") return ["resume", "stop"];
  return status === "waiting" ? ["skip", "pause", "stop"] : ["pause", "stop"];
}

export function Commands({ run, lead }: { run: Run; lead: number }) {
  const refresh = useRunRefresh(run.id, lead);
  const command = useMutation({
    mutationFn: (name: RunCommand) => commandRun(run.id, name),
    onSettled: refresh,
  });
  const ask = (name: RunCommand) => {
    if (name !== "stop") return command.mutate(name);
    confirm(
      {
        title: "Stop this run?",
        text: "The bot says nothing more to the client. A stopped run can't go on; launch the bot again to start anew.",
        confirm: "Stop the run",
        danger: true,
      },
      () => command.mutate(name),
    );
  };
  return (
    <Group gap={6}>
      {commandsFor(run.status).map((name) => {
        const { label, icon: Icon } = buttons[name];
        return (
          <Button
            key={name}
            size="compact-xs"
            variant="default"
            leftSection={<Icon size={13} />}
            loading={command.isPending && command.variables === name}
            onClick={() => ask(name)}
          >
            {label}
          </Button>
        );
      })}
    </Group>
  );
}

function AnswerBox({ run, lead, question }: { run: Run; lead: number; question: string }) {
  const refresh = useRunRefresh(run.id, lead);
  const [value, setValue] = useState("");
  const answer = useMutation({
    mutationFn: () => answerRun(run.id, value),
    onSuccess: () => setValue(""),
    onSettled: refresh,
  });
  return (
    <Alert color="blue" p="xs" title={question || "The bot asks your team"}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          answer.mutate();
        }}
      >
        <Group gap={6} wrap="nowrap">
          <TextInput
            size="xs"
            flex={1}
            required
            aria-label="Answer to the bot"
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Button size="xs" type="submit" loading={answer.isPending}>
            Answer
          </Button>
        </Group>
      </form>
    </Alert>
  );
}
