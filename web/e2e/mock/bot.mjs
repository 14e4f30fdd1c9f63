/** A bot with a branch, a wrong answer and a wait, as a published version holds it. */
export const document = {
  schema: 1,
  name: "Welcome and qualify",
  start: "greet",
  settings: { on_manager_reply: "pause", pause_minutes: 30 },
  steps: [
    {
      id: "greet",
      kind: "message",
      title: "Greeting",
      config: {
        text: "Hi {{contact.first_name|there}}! What brings you here today?",
        buttons: [
          { id: "price", text: "Prices" },
          { id: "demo", text: "Book a demo" },
        ],
      },
      exits: { "button:price": "prices", "button:demo": "ask_phone", other: "prices", no_answer: "remind" },
    },
    {
      id: "prices",
      kind: "message",
      title: "Price list",
      config: { text: "Plans start at 15 € a month. Shall we show you around?" },
      exits: { next: "ask_phone" },
    },
    {
      id: "ask_phone",
      kind: "message",
      title: "Ask for the phone",
      config: { text: "Which number can we reach you at?" },
      exits: { other: "check_phone", no_answer: "remind" },
    },
    {
      id: "check_phone",
      kind: "validation",
      title: "A real number?",
      config: { value: "{{message_text}}", rule: "phone" },
      exits: { valid: "qualify", invalid: "wrong_phone" },
    },
    {
      id: "wrong_phone",
      kind: "message",
      title: "Ask again",
      config: { text: "That does not look like a phone number. Try again?" },
      exits: { other: "check_phone" },
    },
    {
      id: "qualify",
      kind: "change_stage",
      title: "To Qualified",
      config: { pipeline_id: 1, status_id: 103 },
      exits: { next: "call_task" },
    },
    {
      id: "call_task",
      kind: "add_task",
      title: "Task: call back",
      config: { text: "Call {{contact.name}} back", due_minutes: 60 },
      exits: { next: "wait_day" },
    },
    {
      id: "wait_day",
      kind: "pause",
      title: "Wait a day",
      config: { timer: { hours: 24 } },
      exits: { timer: "remind", message: "thanks" },
    },
    {
      id: "remind",
      kind: "message",
      title: "Follow up",
      config: { text: "Still there? We kept your place." },
      exits: {},
    },
    { id: "thanks", kind: "message", title: "Thanks", config: { text: "Great, talk soon!" }, exits: {} },
  ],
};

export const kinds = [
  {
    name: "message",
    title: "Message",
    group: "Conversation",
    help: "Sends a message and may wait for the answer.",
    exits: [{ name: "next", title: "Sent" }],
    schema: {
      type: "object",
      required: ["text"],
      properties: {
        text: { type: "string", description: "What the client reads; may hold placeholders." },
        buttons: { type: "array", items: { $ref: "#/$defs/Button" }, description: "Up to 13 quick replies." },
      },
      $defs: {
        Button: {
          type: "object",
          properties: { id: { type: "string" }, text: { type: "string", description: "Its title." } },
        },
      },
    },
  },
  {
    name: "validation",
    title: "Validation",
    group: "Flow",
    exits: [{ name: "valid" }, { name: "invalid" }],
    schema: {
      type: "object",
      properties: {
        value: { type: "string" },
        rule: { type: "string", enum: ["equals", "phone", "email"], description: "What the value must be." },
      },
    },
  },
  { name: "pause", title: "Pause", group: "Flow", schema: { type: "object" } },
  { name: "change_stage", title: "Change lead status", group: "Actions", schema: { type: "object" } },
  { name: "add_task", title: "Add task", group: "Actions", schema: { type: "object" } },
];
