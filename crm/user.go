package crm

import "time"

// Role is what a person or a token may do.
type Role string

// The roles: an administrator may do everything; a manager works with cards and chats but changes no settings, bots or users.
const (
	Administrator Role = "administrator"
	Manager       Role = "manager"
)

// Valid says whether it is one of the roles.
func (r Role) Valid() bool { return r == Administrator || r == Manager }

// rank orders the roles; what is no role has none.
func (r Role) rank() int {
	switch r {
	case Administrator:
		return 2
	case Manager:
		return 1
	}
	return 0
}

// Covers says whether the role may do what needs the other one. What is no role covers nothing, and nothing covers it.
func (r Role) Covers(needed Role) bool { return needed.rank() > 0 && r.rank() >= needed.rank() }

// Lesser is the one of two roles that may do less; none if one of them is no role.
func (r Role) Lesser(other Role) Role {
	if r.Covers(other) {
		return other
	}
	if other.Covers(r) {
		return r
	}
	return ""
}

// User is a person who works with the product.
type User struct {
	ID    int64 `bun:",pk,autoincrement"`
	Name  string
	Email string
	// PasswordHash is bcrypt's; empty if the user can only come in by a login link.
	PasswordHash string
	Role         Role
	Language     string
	IsActive     bool
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Session is a login in a browser. ID is the SHA-256 of the cookie's value: a copy of the table opens no session.
type Session struct {
	ID        string `bun:",pk"`
	UserID    int64
	CreatedAt time.Time
	ExpiresAt time.Time
}

// LoginLink lets one person in, once, without a password. ID is the SHA-256 of the link's token.
type LoginLink struct {
	ID        string `bun:",pk"`
	UserID    int64
	ExpiresAt time.Time
}

// Token is a program's access. Hash is the SHA-256 of the token, which is shown once. Role is the most that it may do:
// it never may do more than its maker, CreatedBy, may at that time; 0 is the command line, which may do everything.
type Token struct {
	ID         int64 `bun:",pk,autoincrement"`
	Name       string
	Hash       string
	Role       Role
	CreatedBy  int64
	CreatedAt  time.Time
	ExpiresAt  *time.Time
	LastUsedAt *time.Time
}
