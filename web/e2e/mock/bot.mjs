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
      exits: { "button:price": "prices", "button:demo": "ask_phone", other: "prices", silent: "remind" },
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
      exits: { next: "hear_phone" },
    },
    {
      id: "hear_phone",
      kind: "pause",
      title: "Wait for the number",
      config: {
        waits: [
          { id: "reply", on: "message" },
          { id: "late", on: "timer", hours: 24 },
        ],
      },
      exits: { "wait:reply": "check_phone", "wait:late": "remind" },
    },
    {
      id: "check_phone",
      kind: "validation",
      title: "A real number?",
      config: { rules: [{ id: "phone", title: "A phone number", type: "phone" }] },
      exits: { "rule:phone": "qualify", else: "wrong_phone" },
    },
    {
      id: "wrong_phone",
      kind: "message",
      title: "Ask again",
      config: { text: "That does not look like a phone number. Try again?" },
      exits: { next: "hear_phone" },
    },
    {
      id: "qualify",
      kind: "change_stage",
      title: "To Qualified",
      config: { pipeline: "Sales", stage: "Qualified" },
      exits: { next: "call_task" },
    },
    {
      id: "call_task",
      kind: "add_task",
      title: "Task: call back",
      config: { text: "Call {{contact.name}} back", due: { hours: 1 } },
      exits: { next: "wait_day" },
    },
    {
      id: "wait_day",
      kind: "pause",
      title: "Wait a day",
      config: {
        waits: [
          { id: "reply", on: "message" },
          { id: "later", on: "timer", hours: 24 },
        ],
      },
      exits: { "wait:later": "remind", "wait:reply": "thanks" },
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
