import { Badge, Button, Group, Modal, Stack, Switch, Tabs, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useBlocker } from "@tanstack/react-router";
import { lazy, Suspense, useDeferredValue, useMemo, useRef, useState } from "react";
import { setBotActive } from "../api/bots";
import { keys } from "../api/keys";
import type { Bot, CustomActivity, LintIssue } from "../api/types";
import { usePageTitle } from "../app/title";
import { LazyCanvas } from "../steps/LazyCanvas";
import { notifyDone } from "../ui/notify";
import { Async, Empty, Loading } from "../ui/States";
import classes from "./Bot.module.css";
import { write } from "./draft";
import { Issues } from "./Issues";
import type { EditorHandle } from "./JsonEditor";
import { activitiesQuery, botQuery } from "./queries";
import { Triggers } from "./Triggers";
import { useDraft, useLint } from "./useDraft";
import { Versions } from "./Versions";

const route = getRouteApi("/shell/bots/$id");

const JsonEditor = lazy(() => import("./JsonEditor").then((module) => ({ default: module.JsonEditor })));

export function BotPage() {
  const { id } = route.useParams();
  const query = useQuery(botQuery(id));
  usePageTitle(query.data?.name ?? "Bot");
  return (
    <Async
      query={query}
      empty={
        <Empty page title="There is no such bot">
          It may have been deleted.
        </Empty>
      }
    >
      {(bot) => <BotView key={bot.id} bot={bot} />}
    </Async>
  );
}

function BotView({ bot }: { bot: Bot }) {
  const draft = useDraft(bot);
  const lint = useLint(bot.id, draft.text);
  const editor = useRef<EditorHandle>(null);
  const [tab, setTab] = useState<string | null>("draft");
  const [selected, select] = useState<string>();
  const issues = lint.data ?? [];
  useBlocker({
    shouldBlockFn: () =>
      draft.dirty && !window.confirm("The draft has unsaved changes. Leave without saving?"),
    enableBeforeUnload: () => draft.dirty,
  });
  const jump = (issue: Pick<LintIssue, "step" | "path">) => {
    setTab("draft");
    select(issue.step);
    editor.current?.reveal(issue);
  };
  const save = () =>
    void draft.store().then(
      () => notifyDone("The draft was saved"),
      () => undefined,
    );
  return (
    <div className={classes.page}>
      <BotHeader
        bot={bot}
        draft={draft}
        errors={issues.some((issue) => issue.level === "error")}
        onSave={save}
      />
      <Tabs value={tab} onChange={setTab} className={classes.tabs}>
        <Tabs.List>
          <Tabs.Tab value="draft">Draft</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
          <Tabs.Tab value="triggers">Triggers</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="draft" className={classes.panel}>
          <Draft
            draft={draft}
            issues={issues}
            editor={editor}
            selected={selected}
            onSelect={(step) => jump({ step })}
            onSave={save}
          />
          <Issues issues={issues} problem={draft.reading.problem} error={lint.error} onJump={jump} />
        </Tabs.Panel>
        <Tabs.Panel value="versions" className={classes.panel}>
          {tab === "versions" && (
            <Versions
              bot={bot}
              onRestore={(document) => {
                draft.setText(write(document));
                setTab("draft");
              }}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="triggers" className={classes.panel}>
          {tab === "triggers" && <Triggers bot={bot.id} />}
        </Tabs.Panel>
      </Tabs>
      <Conflict draft={draft} />
    </div>
  );
}

type DraftState = ReturnType<typeof useDraft>;

interface DraftProps {
  draft: DraftState;
  issues: LintIssue[];
  editor: React.RefObject<EditorHandle | null>;
  selected: string | undefined;
  onSelect: (step: string) => void;
  onSave: () => void;
}

const NO_ACTIVITIES: CustomActivity[] = [];

/** The same draft twice: as text to change and as a drawing to understand. */
function Draft({ draft, issues, editor, selected, onSelect, onSave }: DraftProps) {
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });
  const { document } = draft.reading;
  const { data: activities = NO_ACTIVITIES } = useQuery(activitiesQuery);
  const shown = useDeferredValue(document);
  const [lastShown, setLastShown] = useState(shown);
  if (shown && shown !== lastShown && JSON.stringify(shown) !== JSON.stringify(lastShown))
    setLastShown(shown);
  const marks = useMemo(
    () => ({
      errors: new Set(issues.filter((issue) => issue.level === "error").map((issue) => issue.step ?? "")),
    }),
    [issues],
  );
  const text = (
    <Suspense fallback={<Loading label="Loading the editor" />}>
      <JsonEditor
        value={draft.text}
        onChange={draft.setText}
        onSave={onSave}
        issues={issues}
        activities={activities}
        handle={editor}
      />
    </Suspense>
  );
  const canvas = lastShown && (
    <LazyCanvas
      document={lastShown}
      marks={marks}
      selected={selected}
      onSelect={onSelect}
      label="The bot's draft"
    />
  );
  if (!narrow)
    return (
      <div className={classes.split}>
        {text}
        <div className={classes.canvas}>{canvas}</div>
      </div>
    );
  return (
    <Tabs defaultValue="text" className={classes.tabs} variant="pills">
      <Tabs.List p={4}>
        <Tabs.Tab value="text">JSON</Tabs.Tab>
        <Tabs.Tab value="canvas">Canvas</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="text" className={classes.panel}>
        {text}
      </Tabs.Panel>
      <Tabs.Panel value="canvas" className={classes.canvas} keepMounted={false}>
        {canvas}
      </Tabs.Panel>
    </Tabs>
  );
}

interface HeaderProps {
  bot: Bot;
  draft: DraftState;
  errors: boolean;
  onSave: () => void;
}

function BotHeader({ bot, draft, errors, onSave }: HeaderProps) {
  const client = useQueryClient();
  const active = useMutation({
    mutationFn: (on: boolean) => setBotActive(bot.id, on),
    onSettled: () =>
      Promise.all([keys.bots, keys.bot(bot.id)].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return (
    <Group className={classes.header} gap="sm">
      <Title order={1} size="h4">
        {draft.reading.document?.name || bot.name}
      </Title>
      <Badge variant="light" color={bot.published_version ? "teal" : "gray"} tt="none">
        {bot.published_version ? `version ${bot.published_version}` : "never published"}
      </Badge>
      {draft.dirty && (
        <Text size="sm" c="orange">
          unsaved changes
        </Text>
      )}
      <Group ml="auto" gap="xs">
        <Switch
          label="Active"
          checked={active.isPending ? active.variables : bot.is_active}
          onChange={(event) => active.mutate(event.currentTarget.checked)}
        />
        <Button
          variant="default"
          onClick={onSave}
          disabled={!draft.dirty || !draft.reading.document}
          loading={draft.save.isPending}
        >
          Save draft
        </Button>
        <Button
          onClick={() => draft.publish.mutate()}
          disabled={!draft.reading.document || errors}
          title={errors ? "Mend the errors first" : undefined}
          loading={draft.publish.isPending}
        >
          Publish
        </Button>
      </Group>
    </Group>
  );
}

/** Two people changed one draft: the author chooses, nothing is lost silently. */
function Conflict({ draft }: { draft: DraftState }) {
  return (
    <Modal opened={draft.conflict} onClose={draft.forget} title="Somebody else saved this draft" centered>
      <Stack>
        <Text size="sm">
          The draft has changed since you opened it. You can give up your changes and take the other version,
          or save yours over it.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => void draft.reload()}>
            Take theirs
          </Button>
          <Button color="red" onClick={() => void draft.overwrite()}>
            Save mine over it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
