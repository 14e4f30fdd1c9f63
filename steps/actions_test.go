package steps

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
)

var refusal = &Refusal{Code: "not_found", Message: "it is gone"}

func TestActionsAskForTheirChange(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, config string
		want         []change
	}{
		"a note on the main contact": {"add_note", `{"text":"hi {{contact.name}}"}`, []change{{"AddNote", crm.NewNote{Target: crm.TargetMainContact, Text: "hi {{contact.name}}"}}}},
		"a note on a card":           {"add_note", `{"target":"company","text":"a"}`, []change{{"AddNote", crm.NewNote{Target: crm.TargetCompany, Text: "a"}}}},
		"a task by default":          {"add_task", `{"text":"call"}`, []change{{"AddTask", crm.NewTask{Text: "call", TypeID: crm.TaskFollowUp, DueSeconds: 86400}}}},
		"a task for two": {"add_task", `{"text":"meet","type_id":2,"responsible_user_ids":[4,5],"due":{"hours":2,"minutes":30},"duration":600}`, []change{
			{"AddTask", crm.NewTask{Text: "meet", TypeID: 2, ResponsibleID: 4, DueSeconds: 9000, Duration: 600}},
			{"AddTask", crm.NewTask{Text: "meet", TypeID: 2, ResponsibleID: 5, DueSeconds: 9000, Duration: 600}},
		}},
		"a stage by ids":        {"change_stage", `{"pipeline_id":3,"stage_id":142}`, []change{{"ChangeStage", crm.StageChange{PipelineID: 3, StageID: 142}}}},
		"a stage by name":       {"change_stage", `{"stage":"Negotiation"}`, []change{{"ChangeStage", crm.StageChange{Stage: "Negotiation"}}}},
		"tags":                  {"manage_tags", `{"add":["a"],"remove":["b"]}`, []change{{"EditTags", crm.TagEdit{Target: crm.TargetLead, Add: []string{"a"}, Remove: []string{"b"}}}}},
		"a field":               {"set_field", `{"target":"lead","field":"price","value":"10"}`, []change{{"SetField", crm.FieldEdit{Target: crm.TargetLead, Field: "price", Value: "10"}}}},
		"a field of the client": {"set_field", `{"field":"cf.PHONE","source":"client_message","append":true,"enum_code":"MOB"}`, []change{{"SetField", crm.FieldEdit{Target: crm.TargetChatContact, Field: "cf.PHONE", Value: "{{message_text}}", Append: true, EnumCode: "MOB"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			run := &fakeRun{}
			goesBy(t, "next", c.kind, c.config, run)
			require.Equal(t, c.want, run.changes)
		})
	}
}

func TestARefusedChange(t *testing.T) {
	t.Parallel()
	for kind, activity := range map[string]string{"add_note": "AddNote", "add_task": "AddTask", "change_stage": "ChangeStage", "manage_tags": "EditTags", "set_field": "SetField"} {
		catalogued, _ := Lookup(kind)
		run := &fakeRun{errors: map[string]error{activity: refusal}, step: bot.Step{Exits: map[string]string{"failed": "sorry"}}}
		goesBy(t, "failed", kind, catalogued.Example, run)
		require.Len(t, run.notes, 1)

		run = &fakeRun{errors: map[string]error{activity: refusal}}
		_, _, err := do(t, kind, catalogued.Example, run)
		require.ErrorIs(t, err, refusal, "nobody connected the exit, so the run fails")

		run = &fakeRun{errors: map[string]error{activity: errors.New("broken")}, step: bot.Step{Exits: map[string]string{"failed": "sorry"}}}
		_, _, err = do(t, kind, catalogued.Example, run)
		require.ErrorContains(t, err, "broken")
	}
}

func TestSetFieldByHand(t *testing.T) {
	t.Parallel()
	const config = `{"target":"lead","field":"cf.7","source":"manual","prompt":"the discount","timeout":{"hours":2}}`
	answer := func(value string) bot.Event {
		return bot.Event{Kind: bot.EventAnswer, Answer: &bot.Answer{Value: json.RawMessage(value)}}
	}
	for value, want := range map[string]string{`"ten {{lead.price}}"`: "ten {{lead.price}}", `10`: "10"} {
		run := &fakeRun{events: []bot.Event{answer(value)}}
		goesBy(t, "next", "set_field", config, run)
		require.Equal(t, bot.Wait{Answer: true, Until: noon.Add(2 * time.Hour), For: "manual input: the discount"}, run.waits[0])
		require.Equal(t, want, run.values.First("manual_input"))
		require.Equal(t, "{{manual_input}}", run.changes[0].Input.(crm.FieldEdit).Value, "a person's words are no template")
	}
	run := &fakeRun{}
	goesBy(t, "timeout", "set_field", config, run)
	require.Empty(t, run.changes)
}

func TestGotoAndStop(t *testing.T) {
	t.Parallel()
	goesBy(t, "next", "goto", `{"step":"there"}`, &fakeRun{})
	require.Equal(t, map[string]string{"next": "there"}, (&Goto{Step: "there"}).Links())
	run := &fakeRun{}
	goesBy(t, "", "stop", `{}`, run)
	require.Empty(t, run.changes)
	goesBy(t, "", "stop", `{"close_talk":true}`, run)
	require.Equal(t, []change{{"CloseTalk", struct{}{}}}, run.changes)
}

func TestStartBot(t *testing.T) {
	t.Parallel()
	for status, want := range map[bot.RunStatus]string{bot.RunFinished: "next", bot.RunFailed: "failed", bot.RunStopped: "failed", bot.RunRefused: "failed"} {
		goesBy(t, want, "start_bot", `{"bot_id":5}`, &fakeRun{status: status})
	}
	goesBy(t, "failed", "start_bot", `{"bot_id":5}`, &fakeRun{botErr: refusal})
	_, _, err := do(t, "start_bot", `{"bot_id":5}`, &fakeRun{botErr: errors.New("broken")})
	require.ErrorContains(t, err, "broken")
}

func TestSendWebhook(t *testing.T) {
	t.Parallel()
	run := &fakeRun{results: map[string]any{"CallWebhook": bot.WebhookAnswer{Status: 200, Values: bot.Values{"order.status": {"paid"}, "tags": {"a", "b"}}}}}
	goesBy(t, "next", "send_webhook", `{"url":"https://example.com/{{lead.id}}","headers":{"X":"y"},"body":{"a":"{{message_text}}"}}`, run)
	require.Equal(t, bot.Values{"json.order.status": {"paid"}, "json.tags": {"a", "b"}}, run.values)
	require.Equal(t, []change{{"CallWebhook", bot.Webhook{
		URL: "https://example.com/{{lead.id}}", Method: "POST", Headers: map[string]string{"X": "y"}, Body: json.RawMessage(`{"a":"{{message_text}}"}`), TimeoutSeconds: 10,
	}}}, run.changes)

	goesBy(t, "failed", "send_webhook", `{"url":"https://example.com"}`, &fakeRun{errors: map[string]error{"CallWebhook": refusal}})
	_, _, err := do(t, "send_webhook", `{"url":"https://example.com"}`, &fakeRun{errors: map[string]error{"CallWebhook": errors.New("broken")}})
	require.ErrorContains(t, err, "broken")
}

func TestActionProblems(t *testing.T) {
	t.Parallel()
	env := Env{
		Bots: map[int64]bool{1: true}, Users: map[int64]bool{1: true}, Fields: []Field{{Card: "contact", ID: 5, Code: "PHONE"}},
		Pipelines: []Pipeline{{ID: 1, Name: "Sales", Stages: []Stage{{ID: 142, Name: "Won"}, {ID: 1001, Name: "Negotiation"}}}, {ID: 2, Name: "Other"}},
	}
	for _, c := range []struct {
		kind, config string
		want         []string
	}{
		{"add_note", `{}`, []string{"bad_config"}},
		{"add_note", `{"text":"a","target":"nobody"}`, []string{"bad_config"}},
		{"add_task", `{"text":"a","responsible_user_ids":[1,2]}`, []string{"unknown_user"}},
		{"start_bot", `{"bot_id":1}`, []string{}},
		{"start_bot", `{"bot_id":2}`, []string{"unknown_bot"}},
		{"start_bot", `{}`, []string{"bad_config"}},
		{"change_stage", `{}`, []string{"bad_config"}},
		{"change_stage", `{"stage_id":142,"stage":"Won"}`, []string{"bad_config"}},
		{"change_stage", `{"pipeline_id":1,"pipeline":"Sales","stage_id":142}`, []string{"bad_config"}},
		{"change_stage", `{"stage":"negotiation"}`, []string{}},
		{"change_stage", `{"pipeline":"sales","stage_id":1001}`, []string{}},
		{"change_stage", `{"pipeline":"Support","stage":"Won"}`, []string{"unknown_pipeline"}},
		{"change_stage", `{"pipeline_id":2,"stage_id":1001}`, []string{"unknown_stage"}},
		{"change_stage", `{"stage":"{{json.stage}}"}`, []string{}},
		{"manage_tags", `{}`, []string{"bad_config"}},
		{"set_field", `{"field":"cf.PHONE","value":"1"}`, []string{}},
		{"set_field", `{"field":"cf.5","value":"1"}`, []string{}},
		{"set_field", `{"target":"lead","field":"cf.PHONE","value":"1"}`, []string{"unknown_field"}},
		{"set_field", `{"field":"price","value":"1"}`, []string{"unknown_field"}},
		{"set_field", `{"field":"height"}`, []string{"bad_config"}},
		{"set_field", `{"field":"name","prompt":"x"}`, []string{"unused_option"}},
		{"set_field", `{"field":"name","source":"manual"}`, []string{"no_answer_exit"}},
		{"send_webhook", `{"url":"https://{{json.host}}/x"}`, []string{"bad_config"}},
		{"send_webhook", `{"url":"https://example.com","headers":{"X Y":"z"}}`, []string{"bad_config"}},
		{"send_webhook", `{"url":"ftp://example.com"}`, []string{"bad_config"}},
		{"send_webhook", `{"url":"example.com"}`, []string{"bad_config"}},
		{"send_webhook", `{"url":"https://example.com","timeout_seconds":31}`, []string{"bad_config"}},
		{"goto", `{}`, []string{"bad_config"}},
	} {
		require.Equal(t, c.want, problems(t, c.kind, c.config, env), c.kind+" "+c.config)
	}
}
