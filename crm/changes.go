package crm

// The inputs of changes that both a step and a person may ask for. Texts of a step's change may hold placeholders; they
// are filled in before the change is made, and then have at most as many characters as the tag "most" says: what the
// place holds that they go into. A custom field or a name may hold less.

// Target says which cards of a lead a change concerns.
type Target string

// The targets: the lead, its main contact, all its contacts, the contact of the chat, its company.
const (
	TargetLead        Target = "lead"
	TargetMainContact Target = "main_contact"
	TargetAllContacts Target = "all_contacts"
	TargetChatContact Target = "chat_contact"
	TargetCompany     Target = "company"
)

// NewNote asks for a text note.
type NewNote struct {
	Target Target `json:"target"`
	Text   string `json:"text" most:"65535"`
}

// NewTask asks for a task on the lead.
type NewTask struct {
	Text   string `json:"text" most:"65535"`
	TypeID int64  `json:"type_id,omitempty"`
	// ResponsibleID is the user who shall do it; 0 is the lead's responsible user.
	ResponsibleID int64 `json:"responsible_id,omitempty"`
	// DueSeconds is the deadline, counted from now.
	DueSeconds int64 `json:"due_seconds"`
	// Duration is in seconds.
	Duration int64 `json:"duration,omitempty"`
}

// StageChange asks to move the lead. Pipeline and stage are named by ids or by names; without a pipeline it is the
// lead's own.
type StageChange struct {
	PipelineID int64  `json:"pipeline_id"`
	StageID    int64  `json:"stage_id"`
	Pipeline   string `json:"pipeline,omitempty" most:"255"`
	Stage      string `json:"stage,omitempty" most:"255"`
}

// TagEdit asks to add and to remove tags by name; a tag that does not exist is made.
type TagEdit struct {
	Target Target   `json:"target"`
	Add    []string `json:"add,omitempty" most:"256"`
	Remove []string `json:"remove,omitempty" most:"256"`
}

// FieldEdit asks to set one field. Field is "name", "price" (lead; major units), "first_name", "last_name" (contact),
// "responsible_user_id", or "cf.<id or code>" for a custom field, such as cf.12 or cf.PHONE.
type FieldEdit struct {
	Target Target `json:"target"`
	Field  string `json:"field" most:"255"`
	Value  string `json:"value" most:"65535"`
	// Append adds to a field of several values instead of replacing them.
	Append bool `json:"append,omitempty"`
	// EnumCode is the kind of a phone or e-mail: WORK, MOB, …; empty is WORK.
	EnumCode string `json:"enum_code,omitempty" most:"40"`
}
