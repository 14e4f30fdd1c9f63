package app_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// timed waits three seconds and goes on with what is given.
const timed = `{"id":"wait","kind":"pause","config":{"waits":[{"id":"t","on":"timer","seconds":3}]},"exits":{"wait:t":"next"}}`

func timedBot(steps string) string {
	return fmt.Sprintf(`{"schema":1,"name":"Timed","start":"wait","steps":[%s,%s]}`, timed, steps)
}

func tells(id, text string) string {
	return fmt.Sprintf(`{"id":%q,"kind":"message","config":{"text":%q}}`, id, text)
}

const asks = `{"schema":1,"name":"Asks","start":"ask","steps":[
	{"id":"ask","kind":"message","config":{"text":"Tea?","buttons":[{"id":"yes","text":"Yes"}]},"exits":{"button:yes":"end","other":"end"}},
	{"id":"end","kind":"message","config":{"text":"you said {{message_text}}"}}]}`

func webhookBot(path string, before string) string {
	start := "call"
	if before != "" {
		start = "wait"
	}
	return fmt.Sprintf(`{"schema":1,"name":"Webhook","start":%q,"steps":[%s
		{"id":"call","kind":"send_webhook","config":{"url":"SHOP/%s"},"exits":{"next":"end","failed":"failed"}},
		%s,%s]}`, start, before, path, tells("end", "the shop says {{json.status}}"), tells("failed", "the shop is closed"))
}

// ordeals are the states in which an outage may find a conversation.
var ordeals = map[string]state{
	"a question is open, and the client answers": {bot: asks, before: then(says("hi"), hears("Tea?")), during: says("milk"),
		hears: []string{"Tea?", "you said milk"}, ends: "finished"},
	"the client writes for the first time": {bot: `{"schema":1,"name":"First","start":"end","steps":[` + tells("end", "Welcome") + `]}`,
		during: says("hi"), hears: []string{"Welcome"}, ends: "finished"},
	"a timer runs out": {bot: timedBot(tells("next", "fired")), lastMoment: then(says("hi"), isWaiting), silentBefore: true,
		hears: []string{"fired"}, ends: "finished"},
	"a timer runs out, and the bot ends": {bot: fmt.Sprintf(`{"schema":1,"name":"Ends","start":"wait","steps":[%s]}`,
		`{"id":"wait","kind":"pause","config":{"waits":[{"id":"t","on":"timer","seconds":3}]}}`),
		lastMoment: then(says("hi"), isWaiting), ends: "finished"},
	"a webhook is under way": {bot: webhookBot("slow", ""), before: then(says("hi"), isThere), during: answers,
		hears: []string{"the shop says fine"}, ends: "finished"},
	"a webhook is called": {bot: webhookBot("quick", `{"id":"wait","kind":"pause","config":{"waits":[{"id":"t","on":"timer","seconds":3}]},"exits":{"wait:t":"call"}},`),
		lastMoment: then(says("hi"), isWaiting), silentBefore: true, hears: []string{"the shop says fine"}, ends: "finished"},
	"the lead is changed": {bot: timedBot(`{"id":"next","kind":"add_note","config":{"target":"lead","text":"noted"},"exits":{"next":"tag","failed":"failed"}},
		{"id":"tag","kind":"manage_tags","config":{"target":"lead","add":["new"]},"exits":{"next":"end","failed":"failed"}},` +
		tells("end", "noted") + `,` + tells("failed", "failed")),
		lastMoment: then(says("hi"), isWaiting), silentBefore: true, hears: []string{"noted"}, ends: "finished"},
	"another bot is at work for this one": {child: timedBot(tells("next", "the child talks")),
		bot: `{"schema":1,"name":"Parent","start":"child","steps":[{"id":"child","kind":"start_bot","config":{"bot_id":CHILD},"exits":{"next":"end","failed":"failed"}},` +
			tells("end", "it has ended") + `,` + tells("failed", "failed") + `]}`,
		lastMoment: says("hi"), silentBefore: true, hears: []string{"the child talks", "it has ended"}, ends: "finished"},
	"a person has taken over": {bot: asks, before: then(says("hi"), hears("Tea?"), takesOver), during: says("anybody?"), after: then(handsBack, says("milk")),
		hears: []string{"Tea?", "you said milk"}, ends: "finished"},
	"a message is at its provider": {telegram: true,
		bot: fmt.Sprintf(`{"schema":1,"name":"Talks","start":"a","steps":[{"id":"a","kind":"message","config":{"text":"Hello"},"exits":{"next":"b","failed":"c"}},%s,%s]}`,
			tells("b", "there"), tells("c", "failed")),
		before: then(writesOnTelegram, isThere), during: answers, hears: []string{"Hello", "there"}, ends: "finished"},
	"a message goes to its provider": {telegram: true, bot: timedBot(tells("next", "Hello")),
		before: answers, lastMoment: then(writesOnTelegram, isWaiting), hears: []string{"Hello"}, ends: "finished"},
	"a client writes by a provider": {telegram: true, bot: `{"schema":1,"name":"First","start":"end","steps":[` + tells("end", "Welcome") + `]}`,
		before: answers, during: writesOnTelegram, hears: []string{"Welcome"}, ends: "finished"},
	"a person's message is at the provider": {telegram: true, before: then(writesOnTelegram, personWrites, isThere), during: answers,
		hears: []string{"A person writes"}},
}

func takesOver(ctx context.Context, o *ordeal) error {
	run := o.p.runs(path("filter[bot_id]=%d", o.bot))[0]
	o.p.call(http.MethodPost, path("/api/v4/leads/%d/take_over", run.LeadID), map[string]any{"user_id": o.p.someone()}, nil)
	return o.until(ctx, "the take-over", func() bool { return o.runIs("paused") })
}

func handsBack(ctx context.Context, o *ordeal) error {
	run := o.p.runs(path("filter[bot_id]=%d", o.bot))[0]
	o.p.call(http.MethodPost, path("/api/v4/leads/%d/hand_back", run.LeadID), nil, nil)
	return isWaiting(ctx, o)
}

func personWrites(_ context.Context, o *ordeal) error {
	chat := o.p.onlyChat(path("filter[channel_id]=%d", o.channel))
	o.p.call(http.MethodPost, path("/api/v4/chats/%s/messages", chat), map[string]any{"client_id": uuid.NewString(), "text": "A person writes"}, nil)
	return nil
}
