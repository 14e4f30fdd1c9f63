const DAY = 86_400;

/** Leads of a small coffee roastery, as a week of work leaves them. A task is its text and in how many days it is due. */
export const leads = [
  [
    "Espresso for Café Lumen",
    "Maria Rossi",
    1840,
    "First contact",
    ["wholesale"],
    ["Send the price list", 0.1],
  ],
  [
    "Office subscription, 40 people",
    "Jonas Weber",
    3200,
    "First contact",
    ["office"],
    ["Ask for the grinder", 1],
  ],
  ["Gift boxes for December", "Aiko Tanaka", 960, "First contact", ["gifts", "website"]],
  ["Tasting for Hotel Seeblick", "Clara Hofmann", 450, "First contact", ["hotel"], ["Agree on a date", -0.2]],
  ["House blend for Bistro 21", "Pierre Martin", 2750, "Offer made", ["wholesale"], ["Call about it", 0.3]],
  ["Barista course, 6 people", "Lena Fischer", 720, "Offer made", ["training"], ["Send two dates", 2]],
  ["Filter coffee for Loft co-working", "Samuel Okafor", 1380, "Offer made", ["office", "hot"]],
  ["Machine lease for Kantine Süd", "Thomas Berger", 8900, "Decision", ["lease"], ["Clear the deposit", 1]],
  [
    "20 kg a week, Bakery Morgenrot",
    "Nadia Haddad",
    5400,
    "Decision",
    ["wholesale", "hot"],
    ["Bring samples", 0.5],
  ],
  ["Decaf for Dr. Brandt", "Eva Brandt", 190, "Decision", ["website"]],
  ["Cold brew for Strandbar", "Luca Bianchi", 2100, "Contract", ["season"], ["Remind of signing", 3]],
  ["Coffee corner, Bookshop Papier", "Ida Lindgren", 1650, "Contract", ["wholesale"]],
  ["Subscription, 3 bags a month", "Tom Becker", 410, "won", ["website"]],
  ["Christmas boxes for Ziegler AG", "Paula Ziegler", 3750, "won", ["gifts"]],
].map(([name, contact, price, stage, tags, task]) => ({ name, contact, price, stage, tags, task }));

/** Kommo's id of the stage of won leads, the same in every pipeline. */
const WON = 142;

/** Makes the leads, and three visitors who talked to the bot; answers the last of them, whose chat is open. */
export async function week(world) {
  const { api } = world;
  const [pipeline] = await api.list("leads/pipelines");
  const stages = pipeline._embedded.statuses;
  for (const { name, contact, price, stage, tags, task } of leads) {
    const status_id = stage === "won" ? WON : stages.find((one) => one.name === stage).id;
    const [{ id: contactId }] = await add(api, "contacts", { name: contact });
    const [{ id }] = await add(api, "leads", {
      name,
      price,
      status_id,
      pipeline_id: pipeline.id,
      _embedded: { tags: tags.map((tag) => ({ name: tag })), contacts: [{ id: contactId }] },
    });
    if (task) {
      const complete_till = Math.floor(Date.now() / 1000 + task[1] * DAY);
      await add(api, "tasks", { text: task[0], entity_type: "leads", entity_id: id, complete_till });
    }
  }
  for (const [words, name, title] of [
    ["Do you roast to order?", "Ben Carter", "Roast to order"],
    ["How long does delivery take?", "Sofia Duarte", "Delivery to Lisbon"],
  ]) {
    const visitor = await world.visitor();
    await visitor.write(words);
    await visitor.hears("What can we do for you?");
    await rename(world, name, title);
  }
  const visitor = await world.visitor();
  await visitor.write("Hi! I would like 12 bags for our office.");
  await visitor.press("Prices");
  await visitor.hears("What is your phone number?");
  await visitor.write("+1 415 555 2671");
  await visitor.hears("Thank you!");
  await rename(world, "Hannah Price", "12 bags for the office");
  return visitor;
}

async function rename(world, contact, lead) {
  const newest = await world.newestLead();
  await world.api.patch(`/api/v4/leads/${newest.id}`, { name: lead });
  await world.api.patch(`/api/v4/contacts/${newest._embedded.contacts[0].id}`, { name: contact });
}

async function add(api, kind, thing) {
  const answer = await api.post(`/api/v4/${kind}`, [thing]);
  return Object.values(answer._embedded)[0];
}
