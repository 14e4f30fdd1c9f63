import { memory } from "../shared/memory";
import { ParentPage } from "./bridge";
import { Api } from "./core/api";
import { Chat } from "./core/chat";
import { openStore } from "./core/idb";
import { newId } from "./core/ids";
import { PanelWindow } from "./PanelWindow";
import { fetchSettings, keptSettings } from "./settings";
import { watchPage } from "./watchPage";
import "./panel.css";

void start();

async function start(): Promise<void> {
  const channel = location.pathname.split("/")[2] ?? "";
  const name = `salesbot-live:${channel}`;
  const notes = memory(() => localStorage, `${name}:`);
  const api = new Api(`/live/${channel}`);
  const parent = new ParentPage((message) => panel.hear(message));
  const chat = new Chat({
    api,
    memory: notes,
    pending: await openStore(channel),
    name,
    tab: tabId(name),
    onMessage: (message) => parent.send({ type: "message", from: message.from, text: message.text }),
    onKnown: () => parent.send({ type: "known" }),
  });
  const panel = new PanelWindow(chat, parent, keptSettings(notes));
  watchPage(chat, () => panel.refresh());
  void fetchSettings(api, notes, (settings) => panel.use(settings));
  parent.announce({ type: "ready", known: chat.visitor.known });
  await chat.start();
}

/** Outlives a reload, so that a tab goes on with its own queue at once. */
function tabId(name: string): string {
  const tab = memory(() => sessionStorage, `${name}:`);
  const known = tab.get("tab") ?? newId();
  tab.set("tab", known);
  return known;
}
