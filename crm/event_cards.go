package crm

// What happens to leads, contacts and companies.

// about is the record of an event about a card.
func about(card Entity) record {
	r := record{entityType: string(card.Type), entityID: card.ID}
	if card.Type == Leads {
		r.leadID = card.ID
	}
	return r
}

func (r record) with(before, after *EventValue) record {
	r.before, r.after = before, after
	return r
}

func stageValue(id, pipelineID int64) *EventValue {
	return &EventValue{LeadStatus: &StagePart{ID: id, PipelineID: pipelineID}}
}

// LeadAddedEvent tells of a new lead.
type LeadAddedEvent struct{ Lead Lead }

// Type is lead_added.
func (LeadAddedEvent) Type() EventType { return LeadAdded }

func (f LeadAddedEvent) record() record {
	return about(Entity{Leads, f.Lead.ID}).with(nil, stageValue(f.Lead.StageID, f.Lead.PipelineID))
}

// LeadDeletedEvent tells of a lead that was deleted.
type LeadDeletedEvent struct{ Lead Lead }

// Type is lead_deleted.
func (LeadDeletedEvent) Type() EventType { return LeadDeleted }

func (f LeadDeletedEvent) record() record {
	return about(Entity{Leads, f.Lead.ID}).with(stageValue(f.Lead.StageID, f.Lead.PipelineID), nil)
}

// LeadStatusChangedEvent tells that a lead moved.
type LeadStatusChangedEvent struct {
	LeadID        int64
	Before, After StagePart
}

// Type is lead_status_changed.
func (LeadStatusChangedEvent) Type() EventType { return LeadStatusChanged }

func (f LeadStatusChangedEvent) record() record {
	return about(Entity{Leads, f.LeadID}).with(&EventValue{LeadStatus: &f.Before}, &EventValue{LeadStatus: &f.After})
}

// LeadChangedEvent tells of a lead's other changes: of its source.
type LeadChangedEvent struct {
	LeadID        int64
	Before, After LeadPart
}

// Type is lead_changed.
func (LeadChangedEvent) Type() EventType { return LeadChanged }

func (f LeadChangedEvent) record() record {
	return about(Entity{Leads, f.LeadID}).with(&EventValue{Lead: &f.Before}, &EventValue{Lead: &f.After})
}

// SaleChangedEvent tells of a lead's new price, in minor units.
type SaleChangedEvent struct{ LeadID, Before, After int64 }

// Type is sale_field_changed.
func (SaleChangedEvent) Type() EventType { return SaleChanged }

func (f SaleChangedEvent) record() record {
	return about(Entity{Leads, f.LeadID}).with(&EventValue{Sale: salePart(f.Before)}, &EventValue{Sale: salePart(f.After)})
}

// ResponsibleChangedEvent tells whose card it is now; 0 is nobody.
type ResponsibleChangedEvent struct {
	Card          Entity
	Before, After int64
}

// Type is entity_responsible_changed.
func (ResponsibleChangedEvent) Type() EventType { return ResponsibleChanged }

func (f ResponsibleChangedEvent) record() record {
	return about(f.Card).with(&EventValue{Responsible: &UserPart{f.Before}}, &EventValue{Responsible: &UserPart{f.After}})
}

// NameChangedEvent tells a card's new name.
type NameChangedEvent struct {
	Card          Entity
	Before, After string
}

// Type is name_field_changed.
func (NameChangedEvent) Type() EventType { return NameChanged }

func (f NameChangedEvent) record() record {
	return about(f.Card).with(&EventValue{Name: &NamePart{f.Before}}, &EventValue{Name: &NamePart{f.After}})
}

// FieldChangedEvent tells the new values of a card's custom field.
type FieldChangedEvent struct {
	Card          Entity
	FieldID       int64
	Before, After []Value
}

// Type is custom_field_value_changed.
func (FieldChangedEvent) Type() EventType { return FieldChanged }

func (f FieldChangedEvent) record() record {
	return about(f.Card).with(&EventValue{Field: fieldPart(f.FieldID, f.Before)}, &EventValue{Field: fieldPart(f.FieldID, f.After)})
}

// ContactAddedEvent tells of a new contact.
type ContactAddedEvent struct{ ContactID int64 }

// Type is contact_added.
func (ContactAddedEvent) Type() EventType { return ContactAdded }

func (f ContactAddedEvent) record() record { return about(Entity{Contacts, f.ContactID}) }

// ContactChangedEvent tells of a contact's other changes: of the parts of its name and its company.
type ContactChangedEvent struct {
	ContactID     int64
	Before, After ContactPart
}

// Type is contact_changed.
func (ContactChangedEvent) Type() EventType { return ContactChanged }

func (f ContactChangedEvent) record() record {
	return about(Entity{Contacts, f.ContactID}).with(&EventValue{Contact: &f.Before}, &EventValue{Contact: &f.After})
}

// ContactDeletedEvent tells of a contact that was deleted.
type ContactDeletedEvent struct{ ContactID int64 }

// Type is contact_deleted.
func (ContactDeletedEvent) Type() EventType { return ContactDeleted }

func (f ContactDeletedEvent) record() record { return about(Entity{Contacts, f.ContactID}) }

// CompanyAddedEvent tells of a new company.
type CompanyAddedEvent struct{ CompanyID int64 }

// Type is company_added.
func (CompanyAddedEvent) Type() EventType { return CompanyAdded }

func (f CompanyAddedEvent) record() record { return about(Entity{Companies, f.CompanyID}) }

// CompanyDeletedEvent tells of a company that was deleted.
type CompanyDeletedEvent struct{ CompanyID int64 }

// Type is company_deleted.
func (CompanyDeletedEvent) Type() EventType { return CompanyDeleted }

func (f CompanyDeletedEvent) record() record { return about(Entity{Companies, f.CompanyID}) }
