const list = (key, items, next) =>
  items.length === 0
    ? undefined
    : { _page: 1, _links: next ? { next: { href: next } } : {}, _embedded: { [key]: items } };

const refuse = (status, title, detail, errors = []) => ({
  problem: { status, title, detail, "validation-errors": errors.length ? [{ request_id: "0", errors }] : [] },
});

const byId = (items, id) => items.find((item) => String(item.id) === String(id));

const whole = (lead) => lead && shown(lead);

const shown = (lead) => ({ ...lead, price_with_minor_units: lead.price });

/** A board's card; it has its tags at the top. */
const card = (lead) => ({ ...lead, tags: lead._embedded.tags ?? [] });

const fitting = (data, query) => {
  const text = (query.get("query") ?? "").toLowerCase();
  return data.leads.filter((lead) => `${lead.name} ${lead.main_contact?.name}`.toLowerCase().includes(text));
};

/** A page of a stage's cards from that cursor on, as items and the next cursor. */
function pageOf({ data, query }, pipeline, status, from = 0) {
  const found = fitting(data, query)
    .filter((lead) => lead.pipeline_id === Number(pipeline) && lead.status_id === Number(status))
    .sort((a, b) => b.updated_at - a.updated_at);
  const end = from + Number(query.get("limit"));
  const sum = found.reduce((all, lead) => all + lead.price, 0);
  return {
    count: found.length,
    sum,
    items: found.slice(from, end).map(card),
    next: found.length > end ? `${end}` : "",
  };
}

function cards(call) {
  const { items, next } = pageOf(call, ...call.ids, Number(call.query.get("cursor") ?? 0));
  return list("cards", items, next && `/api/v4/cards?cursor=${next}`);
}

function board(call) {
  const pipeline = byId(call.data.pipelines, call.ids[0]);
  const statuses = pipeline._embedded.statuses.map((status) => {
    const { count, sum, items, next } = pageOf(call, pipeline.id, status.id);
    return { ...status, count, sum, next_cursor: next, _embedded: { cards: items } };
  });
  return { pipeline_id: pipeline.id, _embedded: { statuses } };
}

function addLead({ data, body }) {
  const [lead] = body;
  if (!lead.name.trim())
    return refuse(400, "Bad Request", "Request validation failed", [
      { code: "Required", path: "name", detail: "is missing" },
    ]);
  if (lead.price < 0)
    return refuse(400, "Bad Request", "Request validation failed", [
      { code: "Range", path: "0.price", detail: "must not be negative" },
    ]);
  const id = data.leads.length + 1;
  const now = data.now + id;
  data.leads.push({
    ...lead,
    id,
    created_at: now,
    updated_at: now,
    responsible_user_id: 7,
    custom_fields_values: null,
    main_contact: null,
    _embedded: {},
  });
  return { _embedded: { leads: [{ id, request_id: "0" }] } };
}

function changeLead({ data, ids, body }) {
  const lead = byId(data.leads, ids[0]);
  if (body.price < 0)
    return refuse(400, "Bad Request", "Request validation failed", [
      { code: "Range", path: "price", detail: "must not be negative" },
    ]);
  const { custom_fields_values: fields, _embedded, ...rest } = body;
  Object.assign(lead, rest, { updated_at: ++data.changed });
  if (_embedded) lead._embedded = { ...lead._embedded, ..._embedded };
  for (const field of fields ?? []) {
    const others = (lead.custom_fields_values ?? []).filter((one) => one.field_id !== field.field_id);
    lead.custom_fields_values = field.values.length ? [...others, field] : others;
  }
  return { id: lead.id };
}

function messages({ data, ids, query }) {
  const all = data.messages.filter((message) => message.chat_id === ids[0]);
  const end = query.get("before")
    ? all.findIndex((message) => message.id === query.get("before"))
    : all.length;
  return list("messages", all.slice(Math.max(end - 30, 0), end));
}

function send({ data, ids, body, announce }) {
  const seen = data.messages.find((message) => message.client_id === body.client_id);
  if (seen) return seen;
  const seq = data.messages.length + 1;
  const message = {
    id: `m-${seq}`,
    seq,
    chat_id: ids[0],
    direction: "out",
    status: "sent",
    created_at: Math.floor(Date.now() / 1000),
    author: { kind: "user", id: 7 },
    buttons: [],
    ...body,
  };
  data.messages.push(message);
  announce({
    type: "outgoing_chat_message",
    entity_type: "leads",
    entity_id: 1,
    lead_id: 1,
    chat_id: ids[0],
  });
  return message;
}

function saveBot({ data, ids, body }) {
  const bot = byId(data.bots, ids[0]);
  if (body.revision !== undefined && body.revision !== bot.revision)
    return refuse(409, "Conflict", "The draft has been changed by somebody else.");
  if (body.document)
    Object.assign(bot, { document: body.document, name: body.document.name, revision: bot.revision + 1 });
  if (body.is_active !== undefined) bot.is_active = body.is_active;
  return bot;
}

function lint({ body }) {
  const steps = body.document.steps ?? [];
  const known = new Set(steps.map((step) => step.id));
  const issues = steps.flatMap((step) =>
    Object.entries(step.exits ?? {})
      .filter(([, to]) => !known.has(to))
      .map(([exit, to]) => ({
        level: "error",
        code: "unknown_step",
        step: step.id,
        path: `exits.${exit}`,
        message: `The exit ${exit} leads to ${to}, which does not exist.`,
        fix: "Choose one of the bot's steps.",
      })),
  );
  if (known.has("wrong_phone"))
    issues.push({
      level: "warning",
      code: "no_timeout",
      step: "wrong_phone",
      path: "exits",
      message: "A question without a no-answer exit waits for ever.",
      fix: "Add the exit no_answer.",
    });
  return { issues };
}

function command({ data, ids: [id, name] }) {
  const run = byId(data.runs, id);
  const to = { stop: "stopped", pause: "paused", resume: "waiting", answer: "running" }[name];
  if (to) run.status = to;
  if (name === "stop") run.ended_at = data.now;
  return { id: run.id };
}

const hand =
  (user) =>
  ({ data }) => {
    for (const chat of data.chats) chat.taken_over_by = user;
    for (const run of data.runs) if (run.hold !== "stop") run.hold = user ? "take_over" : "";
    return {};
  };

function addUser({ data, body: [user] }) {
  if (data.users.some(({ email }) => email === user.email))
    return refuse(400, "Bad Request", "Request validation failed", [
      { code: "NotUnique", path: "0.email", detail: "another user has this e-mail address" },
    ]);
  return { _embedded: { users: [withId(data.users, user)] } };
}

const withId = (items, item) => {
  const made = { id: items.length + 100, ...item };
  items.push(made);
  return made;
};

/** [method, path, handler]; a handler answers a body, undefined for 204, or a problem. */
export const routes = [
  [
    "POST",
    /^\/api\/session$/,
    ({ data, body }) => {
      if (!body.token && body.password !== "correct horse")
        return refuse(401, "Unauthorized", "Invalid user name or password");
      if (body.token === "spent") return refuse(401, "Unauthorized", "This login link was used already.");
      data.signedIn = true;
      return { user: data.user };
    },
  ],
  [
    "DELETE",
    /^\/api\/session$/,
    ({ data }) => {
      data.signedIn = false;
    },
  ],
  [
    "GET",
    /^\/api\/v4\/account$/,
    ({ data }) => ({ id: 1, name: "Example", currency: "EUR", current_user_id: data.user.id }),
  ],
  [
    "GET",
    /^\/api\/v4\/first_start$/,
    ({ data }) => ({ is_shown: data.leads.length === 0 && !data.dismissed }),
  ],
  [
    "DELETE",
    /^\/api\/v4\/first_start$/,
    ({ data }) => {
      data.dismissed = true;
    },
  ],
  ["GET", /^\/api\/v4\/users$/, ({ data }) => list("users", data.users)],
  ["POST", /^\/api\/v4\/users$/, addUser],
  [
    "POST",
    /^\/api\/v4\/users\/(\d+)\/login_link$/,
    ({ ids }) => ({ url: `http://crm.example.com/login?token=of-${ids[0]}` }),
  ],
  ["GET", /^\/api\/v4\/leads\/pipelines$/, ({ data }) => list("pipelines", data.pipelines)],
  ["GET", /^\/api\/v4\/leads\/pipelines\/(\d+)\/board$/, board],
  ["GET", /^\/api\/v4\/leads\/pipelines\/(\d+)\/statuses\/(\d+)\/cards$/, cards],
  ["GET", /^\/api\/v4\/leads\/custom_fields$/, ({ data }) => list("custom_fields", data.fields)],
  ["GET", /^\/api\/v4\/leads\/tags$/, ({ data }) => list("tags", data.tags)],
  [
    "GET",
    /^\/api\/v4\/leads$/,
    ({ data, query }) => list("leads", fitting(data, query).slice(0, 10).map(shown)),
  ],
  ["POST", /^\/api\/v4\/leads$/, addLead],
  ["GET", /^\/api\/v4\/leads\/(\d+)$/, ({ data, ids }) => whole(byId(data.leads, ids[0]))],
  ["PATCH", /^\/api\/v4\/leads\/(\d+)$/, changeLead],
  ["POST", /^\/api\/v4\/leads\/\d+\/take_over$/, hand(7)],
  ["POST", /^\/api\/v4\/leads\/\d+\/hand_back$/, hand(0)],
  ["GET", /^\/api\/v4\/leads\/\d+\/notes$/, ({ data }) => list("notes", data.notes)],
  [
    "POST",
    /^\/api\/v4\/leads\/\d+\/notes$/,
    ({ data, body }) => withId(data.notes, { ...body[0], created_at: data.now, created_by: 7 }),
  ],
  [
    "GET",
    /^\/api\/v4\/contacts\/(\d+)$/,
    ({ ids }) => ({
      id: Number(ids[0]),
      name: "Maria Fernandes",
      custom_fields_values: [
        { field_id: 1, field_code: "PHONE", values: [{ value: "+351 912 345 678", enum_code: "WORK" }] },
        { field_id: 2, field_code: "EMAIL", values: [{ value: "maria@example.com", enum_code: "WORK" }] },
      ],
    }),
  ],
  ["GET", /^\/api\/v4\/events$/, ({ data }) => list("events", data.events)],
  ["GET", /^\/api\/v4\/tasks$/, ({ data }) => list("tasks", data.tasks)],
  [
    "POST",
    /^\/api\/v4\/tasks$/,
    ({ data, body }) =>
      withId(data.tasks, { ...body[0], is_completed: false, responsible_user_id: 7, created_at: data.now }),
  ],
  [
    "PATCH",
    /^\/api\/v4\/tasks\/(\d+)$/,
    ({ data, ids, body }) => Object.assign(byId(data.tasks, ids[0]), body),
  ],
  [
    "GET",
    /^\/api\/v4\/chats$/,
    ({ data, query }) =>
      list(
        "chats",
        data.chats.filter((chat) => String(chat.lead_id) === query.get("filter[lead_id]")),
      ),
  ],
  [
    "GET",
    /^\/api\/v4\/chats\/unread$/,
    ({ data }) => ({ unread_count: data.chats.reduce((sum, chat) => sum + (chat.unread_count ?? 0), 0) }),
  ],
  ["GET", /^\/api\/v4\/chats\/([^/]+)\/messages$/, messages],
  [
    "PATCH",
    /^\/api\/v4\/chats\/([^/]+)$/,
    ({ data, ids }) => Object.assign(byId(data.chats, ids[0]), { unread_count: 0 }),
  ],
  ["POST", /^\/api\/v4\/chats\/([^/]+)\/messages$/, send],
  [
    "POST",
    /^\/api\/v4\/files$/,
    () => ({ id: "f-9", type: "file", name: "offer.pdf", size: 1000, url: "/api/v4/files/f-9" }),
  ],
  [
    "GET",
    /^\/api\/v4\/runs$/,
    ({ data, query }) =>
      list(
        "runs",
        data.runs
          .filter((run) => String(run.lead_id) === query.get("filter[lead_id]"))
          .filter((run) => !query.get("filter[alive]") || !run.ended_at)
          .sort((a, b) => b.id - a.id)
          .slice(0, Number(query.get("limit"))),
      ),
  ],
  ["GET", /^\/api\/v4\/runs\/(\d+)$/, ({ data, ids }) => byId(data.runs, ids[0])],
  ["POST", /^\/api\/v4\/runs\/(\d+)\/(stop|pause|resume|skip|answer)$/, command],
  [
    "GET",
    /^\/api\/v4\/bots$/,
    ({ data }) =>
      list(
        "items",
        data.bots.map(({ document, ...bot }) => bot),
      ),
  ],
  [
    "POST",
    /^\/api\/v4\/bots$/,
    ({ data, body }) =>
      withId(data.bots, { ...body, revision: 1, is_active: false, published_version: null }),
  ],
  ["GET", /^\/api\/v4\/activities$/, ({ data }) => list("activities", data.activities)],
  ["GET", /^\/api\/v4\/bot_samples$/, ({ data }) => list("samples", data.samples)],
  [
    "POST",
    /^\/api\/v4\/bot_samples\/([^/]+)\/copies$/,
    ({ data, ids }) => {
      const { name, document } = data.samples.find((one) => one.key === ids[0]);
      const taken = data.bots.filter((bot) => bot.name.startsWith(name)).length;
      const called = taken ? `${name} ${taken + 1}` : name;
      const bot = { name: called, document: { ...document, name: called } };
      return withId(data.bots, { ...bot, revision: 1, is_active: true, published_version: null });
    },
  ],
  ["POST", /^\/api\/v4\/bots\/lint$/, lint],
  ["GET", /^\/api\/v4\/bots\/(\d+)$/, ({ data, ids }) => byId(data.bots, ids[0])],
  ["PATCH", /^\/api\/v4\/bots\/(\d+)$/, saveBot],
  [
    "POST",
    /^\/api\/v4\/bots\/(\d+)\/publish$/,
    ({ data, ids }) => {
      const bot = byId(data.bots, ids[0]);
      bot.published_version = (bot.published_version ?? 0) + 1;
      const version = {
        id: 60,
        number: bot.published_version,
        created_at: data.now,
        created_by: 7,
        document: bot.document,
      };
      data.versions.unshift(version);
      return version;
    },
  ],
  [
    "POST",
    /^\/api\/v4\/bots\/(\d+)\/run$/,
    ({ data, ids }) =>
      withId(data.runs, { ...data.runs[0], id: 90, bot_id: Number(ids[0]), status: "starting" }),
  ],
  ["GET", /^\/api\/v4\/bots\/\d+\/versions$/, ({ data }) => list("versions", data.versions)],
  [
    "GET",
    /^\/api\/v4\/bots\/\d+\/versions\/(\d+)$/,
    ({ data, ids }) => data.versions.find((one) => String(one.number) === ids[0]),
  ],
  ["GET", /^\/api\/v4\/bots\/\d+\/triggers$/, ({ data }) => list("triggers", data.triggers)],
  [
    "POST",
    /^\/api\/v4\/bots\/\d+\/triggers$/,
    ({ data, body }) =>
      withId(data.triggers, {
        ...body,
        collisions: data.rivals.filter(({ kind }) => kind === body.kind && !body.alongside),
      }),
  ],
  [
    "PATCH",
    /^\/api\/v4\/bots\/\d+\/triggers\/(\d+)$/,
    ({ data, ids, body }) => {
      const moved = byId(data.triggers, ids[0]);
      moved.collisions = moved.collisions.map((other) => ({ ...other, goes_first: !body.before }));
      return moved;
    },
  ],
  [
    "DELETE",
    /^\/api\/v4\/bots\/\d+\/triggers\/(\d+)$/,
    ({ data, ids }) => {
      data.triggers = data.triggers.filter((one) => String(one.id) !== ids[0]);
    },
  ],
  ["GET", /^\/api\/v4\/secrets$/, ({ data }) => list("secrets", data.secrets)],
  [
    "PUT",
    /^\/api\/v4\/secrets\/([a-z0-9_]+)$/,
    ({ data, ids }) => {
      const kept = data.secrets.find((secret) => secret.name === ids[0]);
      if (!kept) data.secrets.push({ name: ids[0], updated_at: 1790000000, used_by: [] });
      return {};
    },
  ],
  [
    "DELETE",
    /^\/api\/v4\/secrets\/([a-z0-9_]+)$/,
    ({ data, ids }) => {
      data.secrets = data.secrets.filter((secret) => secret.name !== ids[0]);
      return {};
    },
  ],
  ["GET", /^\/api\/v4\/channels$/, ({ data }) => list("channels", data.channels)],
  [
    "POST",
    /^\/api\/v4\/channels$/,
    ({ data, body: { secrets, ...channel } }) => withId(data.channels, channel),
  ],
  [
    "PATCH",
    /^\/api\/v4\/channels\/(\d+)$/,
    ({ data, ids, body: { secrets, ...channel } }) => Object.assign(byId(data.channels, ids[0]), channel),
  ],
];
