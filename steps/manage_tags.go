package steps

import (
	"go.temporal.io/sdk/workflow"

	"salesbot/crm"
)

func init() {
	register(Kind{
		Name: "manage_tags", Title: "Manage tags", Group: "Actions",
		Help:    "Adds tags to a card and takes tags from it.",
		Exits:   []Exit{nextExit, failedExit},
		Example: `{"target":"lead","add":["catalogue","{{origin}}"],"remove":["cold"]}`,
		New:     func() Step { return new(ManageTags) },
	})
}

// ManageTags changes a card's tags (Salesbot guide, Manage tags).
type ManageTags struct {
	// The card whose tags change.
	Target crm.Target `json:"target,omitempty" jsonschema:"enum=lead,enum=main_contact,enum=all_contacts,enum=chat_contact,enum=company,default=lead"`
	// The tags to add; one that does not exist yet is made. They may hold placeholders.
	Add []string `json:"add,omitempty" jsonschema:"maxItems=50"`
	// The tags to take away.
	Remove []string `json:"remove,omitempty" jsonschema:"maxItems=50"`
}

// Run changes them.
func (m *ManageTags) Run(ctx workflow.Context, run Run) (string, error) {
	edit := crm.TagEdit{Target: m.Target, Add: m.Add, Remove: m.Remove}
	if edit.Target == "" {
		edit.Target = crm.TargetLead
	}
	return afterChange(run, run.Change(ctx, "EditTags", edit, nil))
}

// Check finds what the schema can't say.
func (m *ManageTags) Check(Env) []Problem {
	if len(m.Add)+len(m.Remove) > 0 {
		return nil
	}
	return []Problem{{Code: "bad_config", Path: "add", Message: "no tag is added or removed", Fix: "name tags in add or remove"}}
}
