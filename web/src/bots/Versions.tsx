import { Button, Group, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Bot, BotDocument, BotVersion } from "../api/types";
import { useUserName } from "../app/me";
import { LazyCanvas } from "../steps/LazyCanvas";
import { confirm } from "../ui/confirm";
import { dateTime } from "../ui/format";
import { Async, Empty } from "../ui/States";
import classes from "./Bot.module.css";
import { versionQuery, versionsQuery } from "./queries";

interface Props {
  bot: Bot;
  onRestore: (document: BotDocument) => void;
}

/** The published versions: look at any of them, and take one back into the draft. */
export function Versions({ bot, onRestore }: Props) {
  const query = useQuery(versionsQuery(bot.id));
  const [chosen, choose] = useState<number>();
  const nothing = (
    <Empty title="Not published yet">Runs begin with a published version. Publish the draft first.</Empty>
  );
  return (
    <Async query={query} empty={nothing}>
      {(versions) => {
        const number = chosen ?? versions[0]?.number ?? 0;
        return (
          <div className={classes.versions}>
            <div className={classes.scroll}>
              {versions.map((version) => (
                <VersionLine
                  key={version.number}
                  version={version}
                  current={version.number === bot.published_version}
                  chosen={version.number === number}
                  onChoose={() => choose(version.number)}
                />
              ))}
            </div>
            <VersionView bot={bot.id} number={number} onRestore={onRestore} />
          </div>
        );
      }}
    </Async>
  );
}

interface LineProps {
  version: BotVersion;
  current: boolean;
  chosen: boolean;
  onChoose: () => void;
}

function VersionLine({ version, current, chosen, onChoose }: LineProps) {
  const userName = useUserName();
  return (
    <UnstyledButton className={classes.version} aria-pressed={chosen} onClick={onChoose}>
      <Text size="sm" fw={600}>
        Version {version.number}
        {current ? " · new runs get this one" : ""}
      </Text>
      <Text size="xs" c="dimmed">
        {dateTime(version.created_at)}, {userName(version.created_by)}
      </Text>
    </UnstyledButton>
  );
}

function VersionView({ bot, number, onRestore }: { bot: number; number: number } & Pick<Props, "onRestore">) {
  const query = useQuery(versionQuery(bot, number));
  const restore = (document: BotDocument) =>
    confirm(
      {
        title: `Take version ${number} into the draft?`,
        text: "The editor's text is replaced by this version. Nothing changes for the server until you save.",
        confirm: "Take it",
      },
      () => onRestore(document),
    );
  return (
    <Async query={query}>
      {({ document }) =>
        document ? (
          <div className={classes.panel}>
            <Group justify="flex-end" p={6}>
              <Button size="xs" variant="default" onClick={() => restore(document)}>
                Restore into the draft
              </Button>
            </Group>
            <div className={classes.canvas}>
              <LazyCanvas document={document} label={`Version ${number}`} />
            </div>
          </div>
        ) : null
      }
    </Async>
  );
}
