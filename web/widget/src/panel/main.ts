import { ParentPage } from "./bridge";
import { Api } from "./core/api";
import { Chat } from "./core/chat";
import { PanelWindow } from "./PanelWindow";
import { fetchSettings, keptSettings } from "./settings";
import { openStorages } from "./storage";
import { watchPage } from "./watchPage";
import "./styles/base.css";
import "./styles/messages.css";
import "./styles/attachments.css";
import "./styles/composer.css";

void start();

async function start(): Promise<void> {
  const channel = location.pathname.split("/")[2] ?? "";
  const name = `salesbot-live:${channel}`;
  const parent = new ParentPage();
  parent.announce({ type: "ready" });
  const { notes, pending, tab } = await openStorages(name, parent);
  const api = new Api(`/live/${channel}`);
  const chat = new Chat({
    api,
    memory: notes,
    pending,
    name,
    tab,
    onMessage: (message) => parent.send({ type: "message", from: message.from, text: message.text }),
    onKnown: () => parent.send({ type: "known" }),
  });
  const panel = new PanelWindow(chat, parent, keptSettings(notes));
  watchPage(chat, () => panel.refresh());
  void fetchSettings(api, notes, (settings) => panel.use(settings));
  parent.listen((message) => panel.hear(message));
  await chat.start();
}
