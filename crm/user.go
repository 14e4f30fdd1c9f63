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

// Token is a program's access. Hash is the SHA-256 of the token, which is shown once.
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
