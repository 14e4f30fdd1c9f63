package crm

// EntityType names a table of cards, in the API's plural words.
type EntityType string

// The entity types.
const (
	Leads     EntityType = "leads"
	Contacts  EntityType = "contacts"
	Companies EntityType = "companies"
)

// Valid says whether it is one of the entity types.
func (t EntityType) Valid() bool { return t == Leads || t == Contacts || t == Companies }

// Entity points at one card.
type Entity struct {
	Type EntityType `json:"entity_type"`
	ID   int64      `json:"entity_id"`
}

// ActorKind says what made a change.
type ActorKind string

// The actors.
const (
	BySystem ActorKind = "system"
	ByUser   ActorKind = "user"
	ByBot    ActorKind = "bot"
	ByClient ActorKind = "client"
)

// Actor is who made a change: a user's id, a run's id for a bot, a contact's id for a client, 0 for the system.
type Actor struct {
	Kind ActorKind
	ID   int64
}

// UserID is the actor's id if it is a user, else 0, which the API shows as "robot" (Kommo's created_by).
func (a Actor) UserID() int64 {
	if a.Kind == ByUser {
		return a.ID
	}
	return 0
}
