import { ActionIcon, Button, Checkbox, Collapse, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { keys } from "../api/keys";
import { fieldError } from "../api/problem";
import { addTask, completeTask } from "../api/tasks";
import type { Task } from "../api/types";
import { useUserName } from "../app/me";
import { nowSeconds } from "../ui/format";
import { SectionTitle } from "../ui/SectionTitle";
import { Async, Failed } from "../ui/States";
import { Ago } from "../ui/Time";
import { useNow } from "../ui/useNow";
import classes from "./Lead.module.css";
import { tasksQuery } from "./queries";
import { fromInputDate, toInputDate } from "./values";

export function Tasks({ lead }: { lead: number }) {
  const query = useQuery(tasksQuery(lead));
  const [adding, { toggle, close }] = useDisclosure();
  const open = query.data?.filter((task) => !task.is_completed).length;
  return (
    <Stack gap="xs" component="section" aria-label="Tasks">
      <Group justify="space-between">
        <SectionTitle count={open}>Tasks</SectionTitle>
        <ActionIcon variant="subtle" onClick={toggle} aria-label="Add a task" aria-expanded={adding}>
          <IconPlus size={18} />
        </ActionIcon>
      </Group>
      <Collapse expanded={adding}>
        <NewTask lead={lead} onDone={close} />
      </Collapse>
      <Async query={query} empty={<Nothing />}>
        {(tasks) => (
          <>
            {[...tasks].sort(openFirst).map((task) => (
              <TaskView key={task.id} task={task} lead={lead} />
            ))}
          </>
        )}
      </Async>
    </Stack>
  );
}

const openFirst = (a: Task, b: Task) =>
  Number(a.is_completed) - Number(b.is_completed) || a.complete_till - b.complete_till;

function Nothing() {
  return (
    <Text size="sm" c="dimmed">
      Nothing to do. Bots add tasks, too.
    </Text>
  );
}

function TaskView({ task, lead }: { task: Task; lead: number }) {
  const client = useQueryClient();
  const now = useNow();
  const userName = useUserName();
  const [asking, setAsking] = useState(false);
  const [result, setResult] = useState("");
  const done = useMutation({
    mutationFn: () => completeTask(task.id, result.trim()),
    onSuccess: () => setAsking(false),
    onSettled: () => client.invalidateQueries({ queryKey: keys.tasks(lead) }),
  });
  const late = !task.is_completed && task.complete_till < now;
  const outcome = task.result && !Array.isArray(task.result) ? (task.result as { text?: string }).text : "";
  return (
    <div className={classes.entry}>
      <Checkbox
        label={task.text}
        description={
          <>
            <Ago at={task.complete_till} size="xs" className={late ? classes.late : undefined} />
            {late ? " (overdue)" : ""} · {userName(task.responsible_user_id)}
            {outcome ? ` · ${outcome}` : ""}
          </>
        }
        checked={task.is_completed || asking}
        disabled={task.is_completed}
        onChange={(event) => setAsking(event.currentTarget.checked)}
      />
      {asking && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            done.mutate();
          }}
        >
          <Group gap={6} mt={6} wrap="nowrap">
            <TextInput
              size="xs"
              flex={1}
              aria-label="Result"
              placeholder="Result (optional)"
              autoFocus
              value={result}
              onChange={(event) => setResult(event.currentTarget.value)}
            />
            <Button size="xs" type="submit" loading={done.isPending}>
              Complete
            </Button>
          </Group>
        </form>
      )}
    </div>
  );
}

const TOMORROW = 24 * 3600;

function NewTask({ lead, onDone }: { lead: number; onDone: () => void }) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [till, setTill] = useState(() => toInputDate(nowSeconds() + TOMORROW, true));
  const add = useMutation({
    mutationFn: (at: number) => addTask(lead, text.trim(), at),
    meta: { quiet: true },
    onSuccess: () => {
      setText("");
      onDone();
      return client.invalidateQueries({ queryKey: keys.tasks(lead) });
    },
  });
  const at = fromInputDate(till);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (at) add.mutate(at);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={6}>
        <TextInput
          aria-label="What to do"
          placeholder="What to do"
          required
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={fieldError(add.error, "text")}
        />
        <Group gap={6} wrap="nowrap">
          <TextInput
            type="datetime-local"
            aria-label="Due"
            required
            flex={1}
            value={till}
            onChange={(event) => setTill(event.currentTarget.value)}
          />
          <Button type="submit" loading={add.isPending}>
            Add
          </Button>
        </Group>
        {add.error && <Failed error={add.error} />}
      </Stack>
    </form>
  );
}
