import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { getBot, lintBot, publishBot, saveBot } from "../api/bots";
import { keys } from "../api/keys";
import { isStatus } from "../api/problem";
import type { Bot, BotDocument } from "../api/types";
import { notifyDone, notifyError } from "../ui/notify";
import { read, write } from "./draft";

/** How long the author has to pause before lint looks at what was written. */
const LINT_AFTER_MS = 500;

/** The draft in the editor: its text, what lint says of it, and saving and publishing it. */
export function useDraft(bot: Bot) {
  const client = useQueryClient();
  const [text, setText] = useState(() => write(bot.document));
  const [saved, setSaved] = useState({ text, revision: bot.revision ?? 0 });
  const reading = read(text);
  const dirty = text !== saved.text;

  const save = useMutation({
    mutationFn: ({ document, revision }: { document: BotDocument; revision: number; text: string }) =>
      saveBot(bot.id, document, revision),
    meta: { quiet: true },
    onSuccess: (answer, sent) => {
      setSaved({ text: sent.text, revision: answer.revision ?? sent.revision + 1 });
      void client.invalidateQueries({ queryKey: keys.bots });
    },
    onError: (error) => {
      // Somebody else's save is a question to the author, not a notice.
      if (!isStatus(error, 409)) notifyError(error);
    },
  });
  const store = (revision = saved.revision) =>
    reading.document ? save.mutateAsync({ document: reading.document, revision, text }) : Promise.reject();

  const publish = useMutation({
    mutationFn: async () => {
      const answer = dirty ? await store() : undefined;
      return publishBot(bot.id, answer?.revision ?? saved.revision);
    },
    meta: { quiet: true },
    onSuccess: (version) => {
      notifyDone(`Published as version ${version.number}. Runs under way go on with theirs.`);
      void client.invalidateQueries({ queryKey: keys.bots });
      void client.invalidateQueries({ queryKey: keys.bot(bot.id) });
    },
    onError: (error) => {
      if (!isStatus(error, 409)) notifyError(error);
    },
  });

  const forget = () => {
    save.reset();
    publish.reset();
  };
  /** Keeps ours: saves over the revision that is there now. */
  const overwrite = async () => {
    const current = await getBot(bot.id);
    forget();
    await store(current?.revision);
  };
  /** Takes theirs: the editor's text is given up. */
  const reload = async () => {
    const current = await getBot(bot.id);
    if (!current) return;
    const theirs = write(current.document);
    setText(theirs);
    setSaved({ text: theirs, revision: current.revision ?? 0 });
    forget();
  };
  const conflict = isStatus(save.error, 409) || isStatus(publish.error, 409);
  return { text, setText, reading, dirty, save, store, publish, overwrite, reload, conflict, forget };
}

/** What the server's linter says of the text as it stands; the last answer stays while a new one is on its way. */
export function useLint(id: number, text: string) {
  const [settled] = useDebouncedValue(text, LINT_AFTER_MS);
  const { document } = read(settled);
  return useQuery({
    queryKey: ["lint", id, settled],
    queryFn: ({ signal }) => lintBot(JSON.parse(settled), id, signal),
    enabled: document !== undefined,
    placeholderData: (last) => last,
    gcTime: 60_000,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
