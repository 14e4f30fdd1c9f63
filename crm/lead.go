package crm

import "time"

// Lead is a possible sale: it stands at one stage of one pipeline.
type Lead struct {
	ID   int64 `bun:",pk,autoincrement"`
	Name string
	// Price is in minor units of the account's currency (cents).
	Price         int64
	PipelineID    int64
	StageID       int64
	ResponsibleID int64
	CompanyID     int64
	// SourceID is where it came from; 0 if unknown.
	SourceID  int64
	CreatedBy int64
	UpdatedBy int64
	CreatedAt time.Time
	UpdatedAt time.Time
	// ClosedAt is set while the lead is won or lost.
	ClosedAt *time.Time
	// LastMessageAt is the time of the newest message of its chats, for the board's order.
	LastMessageAt *time.Time
	DeletedAt     *time.Time
}

// Closed says that the lead is won or lost.
func (l Lead) Closed() bool { return l.StageID == StageWon || l.StageID == StageLost }

// LeadContact ties a contact to a lead; exactly one of a lead's contacts is its main one.
type LeadContact struct {
	LeadID    int64 `bun:",pk"`
	ContactID int64 `bun:",pk"`
	IsMain    bool
}

// Contact is a person.
type Contact struct {
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	FirstName     string
	LastName      string
	ResponsibleID int64
	CompanyID     int64
	CreatedBy     int64
	UpdatedBy     int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
	DeletedAt     *time.Time
}

// Company is an organisation.
type Company struct {
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	ResponsibleID int64
	CreatedBy     int64
	UpdatedBy     int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
	DeletedAt     *time.Time
}
