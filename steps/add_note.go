package steps

import (
	"go.temporal.io/sdk/workflow"

	"salesbot/crm"
)

func init() {
	register(Kind{
		Name: "add_note", Title: "Add note", Group: "Actions",
		Help:    "Writes a note on a card.",
		Exits:   []Exit{nextExit, failedExit},
		Example: `{"target":"lead","text":"Asked for the catalogue: {{message_text}}"}`,
		New:     func() Step { return new(AddNote) },
	})
}

// AddNote writes a note (Salesbot guide, Add note).
type AddNote struct {
	// The card that gets the note.
	Target crm.Target `json:"target,omitempty" jsonschema:"enum=main_contact,enum=lead,enum=all_contacts,enum=chat_contact,enum=company,default=main_contact"`
	// The note; it may hold placeholders.
	Text string `json:"text" jsonschema:"minLength=1,maxLength=10000"`
}

// Run writes it.
func (a *AddNote) Run(ctx workflow.Context, run Run) (string, error) {
	note := crm.NewNote{Target: a.Target, Text: a.Text}
	if note.Target == "" {
		note.Target = crm.TargetMainContact
	}
	return afterChange(run, run.Change(ctx, "AddNote", note, nil))
}
