// A worker with an activity of its own for Salesbot's bots. It registers the activity when it starts:
//
//   npm install
//   SALESBOT_URL=http://127.0.0.1:8080 SALESBOT_TOKEN=sb_… TEMPORAL_ADDRESS=127.0.0.1:7233 npm start
//
// A bot names it in a step of the kind activity:
//   {"name":"SlotsFree","input":{"day":"{{message_text}}"},"result_as":"slots","errors":["Closed"]}
import { ApplicationFailure } from "@temporalio/activity";
import { NativeConnection, Worker } from "@temporalio/worker";

const taskQueue = "calendar-typescript";
const { SALESBOT_URL, SALESBOT_TOKEN, TEMPORAL_ADDRESS } = process.env;

// What people who draw bots see of the activity.
const registration = {
  title: "Look for free slots",
  help: "Tells how many slots are free on a day of the week.",
  task_queue: taskQueue,
  input_schema: { type: "object", properties: { day: { type: "string", title: "Day" } }, required: ["day"] },
  output_schema: { type: "object", properties: { free: { type: "integer" }, first: { type: "string" } } },
};

// The argument's idempotency_key is the same in every attempt: pass it on to whatever must happen once. An error that is not
// retryable fails for good; the step may have an exit for its type. Any other error is tried again.
async function SlotsFree({ idempotency_key, input }) {
  if (input.day.toLowerCase() === "sunday") {
    throw ApplicationFailure.nonRetryable("closed on Sundays", "Closed");
  }
  return { free: 3, first: `${input.day} at 10:00`, key: idempotency_key };
}

const answer = await fetch(`${SALESBOT_URL}/api/v4/activities/SlotsFree`, {
  method: "PUT",
  headers: { "Content-Type": "application/json", Authorization: `Bearer ${SALESBOT_TOKEN}` },
  body: JSON.stringify(registration),
});
if (!answer.ok) {
  throw new Error(`register SlotsFree: ${answer.status} ${await answer.text()}`);
}
const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS });
const worker = await Worker.create({ connection, namespace: "default", taskQueue, activities: { SlotsFree } });
await worker.run();
await connection.close();
