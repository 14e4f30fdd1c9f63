package steps

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/crm"
)

func init() {
	register(Kind{
		Name: "set_field", Title: "Set field", Group: "Actions", Waits: true,
		Help:    "Writes a value into a field of a card: a text, the client's message, or what the responsible user enters.",
		Example: `{"target":"chat_contact","field":"cf.PHONE","value":"{{last_validation_result}}","append":true}`,
		New:     func() Step { return new(SetField) },
	})
}

// FieldSource is where a field's new value comes from.
type FieldSource string

// The sources (Salesbot guide, Set field).
const (
	FromValue         FieldSource = "value"
	FromClientMessage FieldSource = "client_message"
	FromManual        FieldSource = "manual"
)

const exitTimeout = "timeout"

// SetField writes one field of one card.
type SetField struct {
	// The card whose field is set.
	Target crm.Target `json:"target,omitempty" jsonschema:"enum=chat_contact,enum=lead,enum=main_contact,enum=all_contacts,enum=company,default=chat_contact"`
	// The field: name, price (lead), first_name, last_name (contact), responsible_user_id, or cf.ID or cf.CODE for a custom field, such as cf.PHONE.
	Field string `json:"field" jsonschema:"pattern=^(name|price|first_name|last_name|responsible_user_id|cf\\..+)$"`
	// Where the value comes from: the text in "value", the client's last message, or manual input by the lead's responsible user.
	Source FieldSource `json:"source,omitempty" jsonschema:"enum=value,enum=client_message,enum=manual,default=value"`
	// The new value; it may hold placeholders. Empty empties the field.
	Value string `json:"value,omitempty" jsonschema:"maxLength=10000"`
	// What the responsible user is asked for, with source manual.
	Prompt string `json:"prompt,omitempty" jsonschema:"maxLength=1000"`
	// How long to wait for the responsible user before the exit "timeout"; without it the step waits for ever.
	Timeout *Delay `json:"timeout,omitempty"`
	// Add to a field of several values, such as phones, instead of replacing them.
	Append bool `json:"append,omitempty"`
	// The kind of a phone or an e-mail address: WORK, MOB, HOME, …
	EnumCode string `json:"enum_code,omitempty" jsonschema:"maxLength=40"`
}

// Exits are next and failed, and timeout for manual input.
func (s *SetField) Exits() []Exit {
	if s.Source == FromManual {
		return []Exit{nextExit, {Name: exitTimeout, Title: "No input"}, failedExit}
	}
	return []Exit{nextExit, failedExit}
}

// WaitAt says what was waited for before that exit.
func (s *SetField) WaitAt(exit string) Waiting {
	switch {
	case s.Source != FromManual:
		return WaitNone
	case exit == exitTimeout:
		return WaitTimer
	}
	return WaitPerson
}

// Run sets the field.
func (s *SetField) Run(ctx workflow.Context, run Run) (string, error) {
	edit := crm.FieldEdit{Target: s.Target, Field: s.Field, Value: s.Value, Append: s.Append, EnumCode: s.EnumCode}
	if edit.Target == "" {
		edit.Target = crm.TargetChatContact
	}
	switch s.Source {
	case FromClientMessage:
		edit.Value = "{{message_text}}"
	case FromManual:
		if answered, err := s.ask(ctx, run); err != nil || !answered {
			return exitTimeout, err
		}
		edit.Value = "{{manual_input}}"
	}
	return afterChange(run, run.Change(ctx, "SetField", edit, nil))
}

// ask waits for the responsible user and keeps the input as a value of the run: texts of a change are templates, and a
// person's words must not be read as one.
func (s *SetField) ask(ctx workflow.Context, run Run) (answered bool, err error) {
	prompt := s.Prompt
	if prompt == "" {
		prompt = s.Field
	}
	wait := bot.Wait{Answer: true, For: "manual input: " + prompt}
	if s.Timeout != nil {
		wait.Until = workflow.Now(ctx).Add(s.Timeout.Duration())
	}
	event, err := run.Await(ctx, wait)
	if err != nil || event.Kind != bot.EventAnswer {
		return false, err
	}
	run.SetValue("manual_input", plainText(event.Answer.Value))
	return true, nil
}

// plainText is a JSON string's text, or any other JSON value as it is written.
func plainText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

var fieldCards = map[crm.Target]string{
	crm.TargetLead: "lead", crm.TargetMainContact: "contact", crm.TargetAllContacts: "contact", crm.TargetChatContact: "contact", crm.TargetCompany: "company", "": "contact",
}

var plainFields = map[string]string{"price": "lead", "first_name": "contact", "last_name": "contact"}

// Check finds what the schema can't say.
func (s *SetField) Check(env Env) []Problem {
	card := fieldCards[s.Target]
	if only, ok := plainFields[s.Field]; ok && only != card {
		return []Problem{{Code: "unknown_field", Path: "field", Message: fmt.Sprintf("a %s has no field %s", card, s.Field), Fix: "choose another field, or a " + only + " as the target"}}
	}
	if key, ok := strings.CutPrefix(s.Field, "cf."); ok && !env.HasField(card, key) {
		return []Problem{{Code: "unknown_field", Path: "field", Message: fmt.Sprintf("a %s has no custom field %s", card, key), Fix: "choose one of its custom fields"}}
	}
	if s.Source != FromManual && (s.Prompt != "" || s.Timeout != nil) {
		return []Problem{{Code: "unused_option", Warning: true, Path: "prompt", Message: "only manual input has a prompt and a timeout", Fix: "remove them, or set source to manual"}}
	}
	if s.Source == FromManual && s.Timeout == nil {
		return []Problem{{Code: "no_answer_exit", Warning: true, Path: "timeout", Message: "the step waits for ever if nobody enters the value", Fix: "set timeout and connect the exit \"timeout\""}}
	}
	return nil
}
