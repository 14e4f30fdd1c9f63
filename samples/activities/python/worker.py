"""A worker with an activity of its own for Salesbot's bots. It registers the activity when it starts:

    pip install -r requirements.txt
    SALESBOT_URL=http://127.0.0.1:8080 SALESBOT_TOKEN=sb_… TEMPORAL_ADDRESS=127.0.0.1:7233 python worker.py

A bot names it in a step of the kind activity:
    {"name": "Translate", "input": {"text": "{{message_text}}"}, "result_as": "translation", "errors": ["TooLong"]}
"""

import asyncio
import json
import os
import urllib.request
from dataclasses import dataclass

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

TASK_QUEUE = "translation-python"

# What people who draw bots see of the activity.
REGISTRATION = {
    "title": "Translate",
    "help": "Translates a text into Pig Latin.",
    "task_queue": TASK_QUEUE,
    "input_schema": {"type": "object", "properties": {"text": {"type": "string", "title": "Text"}}, "required": ["text"]},
    "output_schema": {"type": "object", "properties": {"text": {"type": "string"}}},
}


@dataclass
class Call:
    """The argument; what the bot's author entered is in input."""

    idempotency_key: str  # the same in every attempt: pass it on to whatever must happen once
    run_id: int
    bot_id: int
    input: dict
    lead_id: int = 0
    contact_id: int = 0
    chat_id: str = ""


@activity.defn(name="Translate")
async def translate(call: Call) -> dict:
    """Fails for good with a type for which the step may have an exit; any other error is tried again."""
    text = call.input["text"]
    if len(text) > 1000:
        raise ApplicationError("the text is too long", type="TooLong", non_retryable=True)
    return {"text": " ".join(word[1:] + word[:1] + "ay" for word in text.split())}


def register() -> None:
    request = urllib.request.Request(
        f"{os.environ['SALESBOT_URL']}/api/v4/activities/Translate",
        data=json.dumps(REGISTRATION).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {os.environ['SALESBOT_TOKEN']}"},
        method="PUT",
    )
    with urllib.request.urlopen(request) as answer:
        answer.read()


async def main() -> None:
    register()
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    await Worker(client, task_queue=TASK_QUEUE, activities=[translate]).run()


asyncio.run(main())
