import { document } from "./bot.mjs";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const people = [
  "Maria Fernandes",
  "Tom Okafor",
  "Li Wei",
  "Ana Kovač",
  "Jonas Berg",
  "Aïcha Diallo",
  "Peter Novak",
  "Yuki Tanaka",
  "Carlos Ruiz",
  "Emma Schmidt",
  "Omar Haddad",
  "Sofia Rossi",
];
const wishes = [
  "Annual plan",
  "Demo for the team",
  "Website chat",
  "Migration",
  "Training",
  "Trial",
  "Ten seats",
  "Renewal",
];

/** Everything the mock server knows; each test gets its own copy. */
export function makeData() {
  const now = Math.floor(Date.now() / 1000);
  const statuses = [
    { id: 101, name: "Incoming leads", sort: 10, color: "#c1c1c1", type: 1 },
    { id: 102, name: "First contact", sort: 20, color: "#98cbff", type: 0 },
    { id: 103, name: "Qualified", sort: 30, color: "#ffce5a", type: 0 },
    { id: 104, name: "Offer sent", sort: 40, color: "#deff81", type: 0 },
    { id: 142, name: "Won", sort: 10000, color: "#CCFF66", type: 0 },
    { id: 143, name: "Lost", sort: 11000, color: "#D5D8DB", type: 0 },
  ];
  const pipelines = [
    {
      id: 1,
      name: "Sales",
      sort: 10,
      is_main: true,
      is_archive: false,
      _embedded: { statuses: of(1, statuses) },
    },
    {
      id: 2,
      name: "Partners",
      sort: 20,
      is_main: false,
      is_archive: false,
      _embedded: { statuses: of(2, statuses) },
    },
  ];
  return {
    now,
    /** When the last lead was changed: each change is a later one. */
    changed: now + 1000,
    signedIn: false,
    user: { id: 7, name: "Nora Lindqvist", email: "nora@example.com", role: "administrator" },
    users: [
      { id: 7, name: "Nora Lindqvist", email: "nora@example.com", role: "administrator" },
      { id: 8, name: "Sam Carter", email: "sam@example.com", role: "manager" },
    ],
    pipelines,
    leads: makeLeads(now),
    fields: [
      { id: 21, name: "Company size", type: "select", sort: 1, enums: choices("1–10", "11–50", "51+") },
      { id: 22, name: "Seats", type: "numeric", sort: 2 },
      { id: 23, name: "Contract until", type: "date", sort: 3 },
      { id: 24, name: "Newsletter", type: "checkbox", sort: 4 },
      { id: 25, name: "Wishes", type: "textarea", sort: 5 },
    ],
    tags: ["hot", "website", "event", "partner"].map((name, index) => ({ id: index + 1, name })),
    tasks: [
      task(1, "Call Maria back about the annual plan", now - 2 * HOUR, 7),
      task(2, "Send the signed offer", now + 5 * HOUR, 8),
      { ...task(3, "Check the budget", now - 3 * DAY, 7), is_completed: true, result: { text: "12 seats" } },
    ],
    notes: [
      note(1, "Met at the spring fair. Wants the offer before May.", now - 2 * DAY, 7),
      note(2, "The bot could not read the first phone number.", now - HOUR, 0),
    ],
    events: makeEvents(now),
    chats: [
      {
        id: "c-1",
        channel_id: 1,
        channel_kind: "livechat",
        channel_name: "Website",
        contact_id: 31,
        lead_id: 1,
        taken_over_by: 0,
      },
      {
        id: "c-2",
        channel_id: 2,
        channel_kind: "telegram",
        channel_name: "Telegram",
        contact_id: 31,
        lead_id: 1,
        taken_over_by: 0,
      },
    ],
    messages: makeMessages(now),
    runs: makeRuns(now),
    bots: [
      {
        id: 5,
        name: document.name,
        is_active: true,
        revision: 3,
        published_version: 2,
        alive_runs: 14,
        updated_at: now - HOUR,
        document,
      },
      {
        id: 6,
        name: "Win back",
        is_active: false,
        revision: 1,
        published_version: null,
        alive_runs: 0,
        updated_at: now - 9 * DAY,
        document: { ...document, name: "Win back" },
      },
    ],
    versions: [
      { id: 52, number: 2, created_at: now - HOUR, created_by: 7, document },
      {
        id: 51,
        number: 1,
        created_at: now - 6 * DAY,
        created_by: 8,
        document: { ...document, steps: document.steps.slice(0, 5) },
      },
    ],
    rivals: [{ trigger_id: 9, bot_id: 6, bot_name: "Win back", kind: "stage_moved", goes_first: true }],
    triggers: [
      { id: 1, kind: "talk_started", channel_id: 1, collisions: [] },
      { id: 2, kind: "stage_entered", pipeline_id: 1, status_id: 103 },
    ],
    samples: ["Night shift", "Order status"].map((name) => ({
      key: name.toLowerCase().replace(" ", "_"),
      name,
      summary: `What ${name} does, in a sentence that says what a client notices and what your team gets.`,
      document: { ...document, name },
      dialogue: [
        { from: "client", text: "Hi", buttons: [] },
        { from: "bot", text: `This is ${name}. What can we do for you?`, buttons: ["Prices", "A person"] },
        { from: "client", text: "Prices", buttons: [] },
      ],
    })),
    activities: [],
    secrets: [
      { name: "shop_key", updated_at: 1790000000, used_by: [{ id: 5, name: "Welcome and qualify" }] },
      { name: "old_key", updated_at: 1780000000, used_by: [] },
    ],
    channels: [
      {
        id: 1,
        kind: "livechat",
        name: "Website",
        is_active: true,
        pipeline_id: 1,
        settings: {
          title: "Talk to us",
          greeting: "Hi! How can we help?",
          color: "#4263eb",
          allowed_origins: ["https://example.com"],
        },
      },
      { id: 2, kind: "telegram", name: "Telegram", is_active: true, pipeline_id: 1, settings: {} },
    ],
  };
}

const of = (pipeline, statuses) => statuses.map((status) => ({ ...status, pipeline_id: pipeline }));
const choices = (...values) => values.map((value, index) => ({ id: index + 1, value, sort: index }));

function makeLeads(now) {
  const stages = [101, 101, 101, 102, 102, 102, 103, 103, 104, 104, 142, 143];
  return Array.from({ length: 160 }, (_, index) => {
    const person = people[index % people.length];
    const at = now - index * 37 * MINUTE;
    return {
      id: index + 1,
      name:
        index === 4
          ? "A rather long name of a lead that has to be cut somewhere, because nobody wants such a card"
          : `${wishes[index % wishes.length]} for ${person.split(" ")[0]}`,
      price: (index * 740) % 9200,
      responsible_user_id: index % 3 ? 7 : 8,
      pipeline_id: 1,
      status_id: index === 0 ? 102 : stages[index % stages.length],
      created_at: at - DAY,
      updated_at: at,
      custom_fields_values:
        index % 2
          ? null
          : [
              { field_id: 21, values: [{ value: "11–50", enum_id: 2 }] },
              { field_id: 22, values: [{ value: "12" }] },
            ],
      unread: index % 5 === 0 ? (index % 4) + 1 : 0,
      main_contact: { id: 31 + (index % 12), name: person },
      last_message: { channel_kind: ["livechat", "telegram", "whatsapp"][index % 3], created_at: at },
      next_task:
        index % 4 === 0 ? { text: "Call back", complete_till: now + (index % 8 ? 5 : -3) * HOUR } : null,
      _embedded: {
        tags: [["hot", "website"], [], ["event"]][index % 3].map((name) => ({ name })),
        contacts: [{ id: 31 + (index % 12), is_main: true }],
      },
    };
  });
}

const task = (id, text, complete_till, responsible_user_id) => ({
  id,
  text,
  complete_till,
  responsible_user_id,
  entity_id: 1,
  entity_type: "leads",
  is_completed: false,
  task_type_id: 1,
  result: [],
  created_at: complete_till - DAY,
  created_by: 0,
});

const note = (id, text, created_at, created_by) => ({
  id,
  note_type: "common",
  params: { text },
  created_at,
  created_by,
});

function makeEvents(now) {
  const event = (id, type, minutes, created_by, value_before, value_after) => ({
    id: String(id),
    type,
    entity_id: 1,
    entity_type: "lead",
    created_by,
    created_by_kind: created_by ? "user" : "bot",
    created_at: now - minutes * MINUTE,
    value_before,
    value_after,
  });
  const stage = (id) => [{ lead_status: { id, pipeline_id: 1 } }];
  return [
    event(9, "task_added", 20, 0),
    event(8, "lead_status_changed", 22, 0, stage(101), stage(102)),
    event(7, "entity_tag_added", 23, 0, [], [{ tag: { id: 1, name: "hot" } }]),
    event(6, "outgoing_chat_message", 25, 0),
    event(5, "incoming_chat_message", 26, 0),
    event(4, "entity_responsible_changed", 300, 8, [], [{ responsible_user: { id: 7 } }]),
    event(
      3,
      "custom_field_value_changed",
      310,
      7,
      [],
      [{ custom_field_value: { field_id: 22, text: "12", values: [{ value: "12" }] } }],
    ),
    event(1, "lead_added", 1500, 0),
  ];
}

function makeMessages(now) {
  let seq = 0;
  const say = (minutes, direction, text, more = {}) => ({
    id: `m-${++seq}`,
    seq,
    chat_id: "c-1",
    direction,
    text,
    buttons: [],
    attachments: [],
    author: direction === "in" ? { kind: "client" } : { kind: "bot", name: "Welcome and qualify" },
    status: direction === "in" ? "received" : "read",
    created_at: now - minutes * MINUTE,
    ...more,
  });
  const old = Array.from({ length: 40 }, (_, index) =>
    say(3000 - index * 5, index % 2 ? "out" : "in", `Older message ${index + 1}`),
  );
  return [
    ...old,
    say(30, "in", "Hello, I saw your stand at the fair"),
    say(30, "out", "Hi Maria! What brings you here today?", {
      buttons: [
        { id: "price", text: "Prices" },
        { id: "demo", text: "Book a demo" },
      ],
      spent_at: now - 28 * MINUTE,
      chosen: "price",
    }),
    say(28, "in", "Prices"),
    say(28, "out", "Plans start at 15 € a month. Shall we show you around?", {
      buttons: [{ text: "See all plans", url: "https://example.com/plans" }],
      status: "delivered",
    }),
    say(26, "in", "Yes please. Here is what we use now:", {
      attachments: [
        { id: "f-1", type: "file", name: "current-setup.pdf", size: 184_320, url: "/api/v4/files/f-1" },
      ],
    }),
    say(25, "out", "Thank you, I'll have a look and call you this afternoon.", {
      author: { kind: "user", id: 7 },
      status: "sent",
    }),
    say(24, "out", "This one did not get through", {
      author: { kind: "user", id: 7 },
      status: "failed",
      error: "the visitor's address is gone",
    }),
  ];
}

function makeRuns(now) {
  const visit = (number, step, kind, minutes, left, exit, more = {}) => ({
    number,
    step,
    kind,
    at_ms: (now - minutes * MINUTE) * 1000,
    left_at_ms: left === null ? null : (now - left * MINUTE) * 1000,
    exit,
    got: [],
    notes: [],
    ...more,
  });
  const got = (message_id, text) => ({ got: [{ message_id, text }] });
  const visits = [
    visit(1, "greet", "message", 30, 28, "button:price", got("m-43", "Prices")),
    visit(2, "prices", "message", 28, 28, "next"),
    visit(3, "ask_phone", "message", 28, 28, "next"),
    visit(4, "hear_phone", "pause", 28, 26, "wait:reply", got("m-45", "it is on my card")),
    visit(5, "check_phone", "validation", 26, 26, "else", {
      notes: ["“it is on my card” holds no phone number"],
    }),
    visit(6, "wrong_phone", "message", 26, 26, "next"),
    visit(7, "hear_phone", "pause", 26, 24, "wait:reply", got("m-46", "+351 912 345 678")),
    visit(8, "check_phone", "validation", 24, 24, "rule:phone"),
    visit(9, "qualify", "change_stage", 24, 24, "next", { notes: ["moved from First contact to Qualified"] }),
    visit(10, "call_task", "add_task", 24, 24, "next"),
    visit(11, "wait_day", "pause", 24, null),
  ];
  const run = {
    id: 77,
    bot_id: 5,
    bot_name: document.name,
    version: 2,
    lead_id: 1,
    status: "waiting",
    step: "wait_day",
    waiting_for: "message or timer",
    waiting_until: now + 23 * HOUR,
    reason: "",
    workflow_id: "conversation/lead-1",
    created_at: now - 30 * MINUTE,
    ended_at: null,
    _embedded: { visits, document },
  };
  const late = {
    ...run,
    id: 78,
    bot_name: "Win back",
    bot_id: 6,
    version: 1,
    step: "remind",
    waiting_for: "manual input: Which discount may the bot offer?",
    waiting_until: now - 2 * HOUR,
  };
  const done = {
    ...run,
    id: 70,
    status: "failed",
    step: "greet",
    reason: "visited more than 200 steps without waiting",
    waiting_for: "",
    waiting_until: null,
    ended_at: now - 2 * DAY,
    created_at: now - 3 * DAY,
  };
  return [run, late, done];
}
