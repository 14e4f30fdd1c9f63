package record

import (
	"cmp"
	"fmt"

	"salesbot/channels/livechat"
	"salesbot/crm"
)

// scenario is a conversation that is recorded twice: where it is parked, and when it has finished.
type scenario struct {
	name   string
	number int
	bots   []string
	// channel is the client's; the live chat if empty.
	channel string
	// trigger, if any, launches the second bot.
	trigger crm.TriggerKind
	// parked are the actions after the client's "hi" until it is parked; rest are those until the end.
	parked []string
	rest   []string
}

func (s scenario) kind() string { return cmp.Or(s.channel, livechat.Kind) }

// scenarios are one a step kind, and some of conversations as a whole.
func scenarios() []scenario {
	list := []scenario{
		{name: "message", bots: bots(ask("next"), say("next", "Thanks for {{message_text}}", "wait")), parked: []string{"rest ask"}, rest: []string{"say Yes", "rest wait", "say on"}},
		{name: "condition", bots: bots(step("condition", `{"branches":[{"id":"a","terms":[{"value":"{{lead.name}}","operator":"equals","operand":"x"}]},{"id":"b","terms":[{"value":"{{message_text}}","operator":"matches","operand":"^h"}]}]}`, "branch:b", "wait"))},
		{name: "validation", bots: bots(step("validation", `{"rules":[{"id":"mail","checks":[{"check":"contains","what":"email"}]},{"id":"h","checks":[{"check":"regex","value":"h(.)"}]}]}`, "rule:h", "wait"))},
		{name: "pause", bots: bots(step("pause", `{"waits":[{"id":"open","on":"video_opened"},{"id":"late","on":"timer","seconds":3}]}`, "wait:late", "")), parked: []string{"rest first"}},
		{name: "goto", bots: bots(`{"id":"first","kind":"goto","config":{"step":"wait"}}`)},
		{name: "start_bot", bots: append(bots(step("start_bot", `{"bot_id":2}`, "next", "wait")), document("Child", ask("next"), say("next", "You said {{message_text}}", ""))), parked: []string{"rest ask"}, rest: []string{"say Yes", "rest wait", "say on"}},
		{name: "stop", bots: bots(say("first", "One moment", "ask"), ask("next"), `{"id":"next","kind":"stop","config":{"close_talk":true}}`), parked: []string{"rest ask"}, rest: []string{"say Yes"}},
		{name: "add_note", bots: bots(step("add_note", `{"target":"lead","text":"{{message_text}}"}`, "next", "wait"))},
		{name: "add_task", bots: bots(step("add_task", `{"text":"Call {{contact.name}}","due":{"hours":1}}`, "next", "wait"))},
		{name: "change_stage", bots: bots(step("change_stage", `{"stage":"Decision"}`, "next", "wait"))},
		{name: "manage_tags", bots: bots(step("manage_tags", `{"target":"lead","add":["new"],"remove":["old"]}`, "next", "wait"))},
		{name: "set_field", bots: bots(step("set_field", `{"target":"lead","field":"name","source":"manual","timeout":{"hours":8}}`, "next", "")), parked: []string{"rest first"}, rest: []string{`answer "Albatros"`}},
		{name: "send_webhook", bots: bots(step("send_webhook", `{"url":"https://shop.example.com/orders"}`, "next", "wait"))},
		{name: "conversation_outside", channel: outsideKind, bots: bots(ask("next"), say("next", "Thanks", "")), parked: []string{"rest ask"}, rest: []string{"say Yes"}},
		{name: "conversation_taken_over", bots: bots(ask("next"), say("next", "Thanks", "")), parked: []string{"rest ask", "take_over", "held ask"}, rest: []string{"say hello?", "hand_back", "rest ask", "say Yes"}},
		{name: "conversation_paused", bots: bots(ask("next"), say("next", "Thanks", "")), parked: []string{"rest ask", "pause", "held ask"}, rest: []string{"resume", "rest ask", "goto next"}},
		{name: "conversation_replaced", bots: append(bots(ask("next"), say("next", "Thanks", "")), document("Newer", ask("next"), say("next", "Bye", ""))), parked: []string{"rest ask", "launch", "ended replaced"}, rest: []string{"skip"}},
		{name: "conversation_stopped", bots: bots(ask("next"), say("next", "Thanks", "")), parked: []string{"rest ask"}, rest: []string{"stop"}},
	}
	list = append(list, continued()...)
	list = append(list, scenario{name: "activity", bots: bots(step("activity", `{"name":"ScoreLead","input":{"price":"{{lead.price}}"},"result_as":"score"}`, "next", "wait"))})
	for i := range list {
		list[i].number = i + 1
		if list[i].parked == nil {
			list[i].parked, list[i].rest = []string{"rest wait"}, []string{"say on"}
		}
	}
	return list
}

// continued are conversations that continued as new where they stood, and one whose database was away.
func continued() []scenario {
	child := []string{document("Parent", step("start_bot", `{"bot_id":2}`, "next", "")+","+say("bye", "Bye", "")), document("Child", ask("next"), say("next", "You said {{message_text}}", ""))}
	timer := step("pause", `{"waits":[{"id":"open","on":"video_opened"},{"id":"late","on":"timer","seconds":6}]}`, "wait:late", "")
	return []scenario{
		{name: "conversation_question_continued", bots: bots(ask("next"), say("next", "Thanks for {{message_text}}", "")), parked: []string{"rest ask", "continue"}, rest: []string{"say Yes"}},
		{name: "conversation_timer_continued", bots: bots(timer), parked: []string{"rest first", "continue"}},
		{name: "conversation_answer_continued", bots: bots(step("set_field", `{"target":"lead","field":"name","source":"manual","timeout":{"hours":8}}`, "next", "")), parked: []string{"rest first", "continue"}, rest: []string{`answer "Albatros"`}},
		{name: "conversation_held_continued", bots: bots(ask("next"), say("next", "Thanks", "")), parked: []string{"rest ask", "pause", "held ask", "continue"}, rest: []string{"resume", "rest ask", "say Yes"}},
		{name: "conversation_subbot_continued", bots: child, parked: []string{"rest ask", "continue"}, rest: []string{"say Yes"}},
		{name: "conversation_away", bots: bots(timer), parked: []string{"rest first", "away 30s"}},
		{name: "conversation_unheard", bots: append(bots(ask("next"), say("next", "Thanks", "")), document("Newer", ask("next"), say("next", "Bye", ""))), trigger: crm.TriggerNoBot,
			parked: []string{"rest ask", "say Yes", "ended finished", "say anybody?", "rest ask"}, rest: []string{"say No"}},
	}
}

// bots is one bot that begins with these steps and has a wait and a goodbye to end with.
func bots(steps ...string) []string {
	return []string{document("Recorded", append(steps,
		`{"id":"wait","kind":"pause","config":{"waits":[{"id":"reply","on":"message"},{"id":"late","on":"timer","hours":24}]},"exits":{"wait:reply":"bye"}}`, say("bye", "Bye", ""))...)}
}

func document(name string, steps ...string) string {
	list := steps[0]
	for _, s := range steps[1:] {
		list += "," + s
	}
	return fmt.Sprintf(`{"schema":1,"name":%q,"start":%q,"steps":[%s]}`, name, startOf(steps[0]), list)
}

func startOf(step string) string {
	var id string
	if _, err := fmt.Sscanf(step, `{"id":%q,`, &id); err != nil {
		panic(err)
	}
	return id
}

func step(kind, config, exit, next string) string {
	if next == "" {
		next = "bye"
	}
	return fmt.Sprintf(`{"id":"first","kind":%q,"config":%s,"exits":{%q:%q}}`, kind, config, exit, next)
}

func say(id, text, next string) string {
	if next == "" {
		return fmt.Sprintf(`{"id":%q,"kind":"message","config":{"text":%q}}`, id, text)
	}
	return fmt.Sprintf(`{"id":%q,"kind":"message","config":{"text":%q},"exits":{"next":%q}}`, id, text, next)
}

func ask(next string) string {
	return fmt.Sprintf(`{"id":"ask","kind":"message","config":{"text":"Yes?","buttons":[{"id":"yes","text":"Yes"}],"no_answer_after":{"hours":24}},"exits":{"button:yes":%q,"silent":%q}}`, next, next)
}
